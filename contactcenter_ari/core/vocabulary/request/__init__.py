"""Requests: what people and programs ask of the core; by topic. A refused one changes nothing.

`by` names who asked, for the record: an agent's id, `phone`, or an API token's name.
"""

from contactcenter_ari.core.vocabulary.request.agent import (
    AgentProfile,
    AgentRequest,
    EndWrapUp,
    ExtendWrapUp,
    GoNotReady,
    GoReady,
    LogIn,
    LogOut,
    PutAgent,
    RemoveAgent,
    SetDisposition,
)
from contactcenter_ari.core.vocabulary.request.call import (
    CallRequest,
    LeftMessage,
    RecordApology,
    SetFlag,
)
from contactcenter_ari.core.vocabulary.request.callback import (
    AllowNumber,
    CallbackRequest,
    CancelCallback,
    DialCallback,
    ForbidNumber,
    RestoreCallback,
    RestoreLostCall,
)
from contactcenter_ari.core.vocabulary.request.queue import (
    ChangePriority,
    CloseQueue,
    HandleTime,
    LearnHandleTimes,
    MoveWaiting,
    OpenQueue,
    QueueRequest,
    WithdrawWaiting,
)

Request = AgentRequest | QueueRequest | CallbackRequest | CallRequest

__all__ = [
    "AgentProfile",
    "AllowNumber",
    "CancelCallback",
    "ChangePriority",
    "CloseQueue",
    "DialCallback",
    "EndWrapUp",
    "ExtendWrapUp",
    "ForbidNumber",
    "GoNotReady",
    "GoReady",
    "HandleTime",
    "LearnHandleTimes",
    "LeftMessage",
    "LogIn",
    "LogOut",
    "MoveWaiting",
    "OpenQueue",
    "PutAgent",
    "RecordApology",
    "RemoveAgent",
    "Request",
    "RestoreCallback",
    "RestoreLostCall",
    "SetDisposition",
    "SetFlag",
    "WithdrawWaiting",
]
