"""Flows and sites named on the command line: a file, a folder, or a site that was published."""

from pathlib import Path

import msgspec

from contactcenter_ari.config.problem import Severity, SiteInvalid
from contactcenter_ari.config.site import check_flow, check_site
from contactcenter_ari.core.errors import CallFlowInvalid
from contactcenter_ari.core.flow.language.flow import Flow
from contactcenter_ari.core.site.site import Site
from contactcenter_ari.runtime.regular_file import read_json

PUBLISHED = ".json"


def read_flow_file(file: Path) -> Flow:
    """The flow of a file; raises CallFlowInvalid when it is missing or has errors."""
    if not file.is_file():
        raise CallFlowInvalid(f"{file} {'is no file' if file.exists() else 'does not exist'}")
    flow, problems = check_flow(file)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors or flow is None:
        raise SiteInvalid(errors)
    return flow


def read_flow_or_site(path: Path) -> Flow | Site:
    """A flow file, the folder of a site, or a published site; raises CallFlowInvalid."""
    if path.is_dir():
        site, problems = check_site(path)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        if errors:
            raise SiteInvalid(errors)
        return site
    if path.suffix == PUBLISHED and path.is_file():
        try:
            return read_json(path, Site)
        except (OSError, msgspec.MsgspecError) as error:
            raise CallFlowInvalid(f"{path} is no published site: {error}") from error
    return read_flow_file(path)
