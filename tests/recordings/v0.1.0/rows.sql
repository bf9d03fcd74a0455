--
-- PostgreSQL database dump
--


-- Dumped from database version 18.6
-- Dumped by pg_dump version 18.6

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Data for Name: customer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.customer (id, name, status, language, created_at) OVERRIDING SYSTEM VALUE VALUES (1, 'Jansen', 'standard', 'en', '2026-11-29 20:20:30.337344+00');


--
-- Data for Name: account; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.account (policy_number, customer_id, balance, currency) VALUES ('12345678', 1, 84.20, 'EUR');


--
-- Data for Name: agent; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agent (id, name, language, created_at) VALUES ('101', 'Agent 101', 'en', '2026-11-29 20:20:30.322549+00');
INSERT INTO public.agent (id, name, language, created_at) VALUES ('102', 'Agent 102', 'en', '2026-11-29 20:20:30.330632+00');


--
-- Data for Name: agent_queue; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agent_queue (agent_id, queue) VALUES ('101', 'claims');
INSERT INTO public.agent_queue (agent_id, queue) VALUES ('101', 'service');
INSERT INTO public.agent_queue (agent_id, queue) VALUES ('102', 'claims');
INSERT INTO public.agent_queue (agent_id, queue) VALUES ('102', 'service');


--
-- Data for Name: skill; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.skill (name, created_at) VALUES ('dutch', '2026-11-29 20:20:30.322549+00');


--
-- Data for Name: agent_skill; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agent_skill (agent_id, skill, level) VALUES ('101', 'dutch', 7);
INSERT INTO public.agent_skill (agent_id, skill, level) VALUES ('102', 'dutch', 7);


--
-- Data for Name: agent_state; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 1, 'ready', '', 'phone', '2026-11-29 20:09:55.611426+00', '2026-11-29 20:10:05.923642+00');
INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 51, 'offered', '', 'center', '2026-11-29 20:10:05.923642+00', '2026-11-29 20:10:06.943996+00');
INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 72, 'on_call', '', 'center', '2026-11-29 20:10:06.943996+00', '2026-11-29 20:10:14.767818+00');
INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 236, 'wrap_up', '', 'center', '2026-11-29 20:10:14.767818+00', '2026-11-29 20:10:16.767886+00');
INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 283, 'ready', '', 'center', '2026-11-29 20:10:16.767886+00', '2026-11-29 20:10:16.767886+00');
INSERT INTO public.agent_state (agent_id, number, state, reason, changed_by, started_at, ended_at) VALUES ('101', 284, 'offered', '', 'center', '2026-11-29 20:10:16.767886+00', '2026-11-29 20:10:17.777986+00');


--
-- Data for Name: api_token; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.api_token (sha256, name, role, agent_id, created_at) VALUES ('\xc5e19af3d74be9b6a19a91ed70bf3973e91cd09bb05c9e685e329757ce288070', 'Agent 101', 'agent', '101', '2026-11-29 20:20:30.322549+00');
INSERT INTO public.api_token (sha256, name, role, agent_id, created_at) VALUES ('\x7982d5c4496456c2921d85c0ba8573ff793ac8d5cf92059773c004579b50f80f', 'Agent 102', 'agent', '102', '2026-11-29 20:20:30.330632+00');
INSERT INTO public.api_token (sha256, name, role, agent_id, created_at) VALUES ('\x24eff1db5be1a0a09f15f429168aa06005b5193a95552c69b228fbfd2b498825', 'wallboard', 'supervisor', NULL, '2026-11-29 20:20:30.336917+00');


--
-- Data for Name: callback; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.callback (id, interaction_id, queue, number, waiting_since, head_start, priority, flow, language, hours, attempts, retry_after, expires_at, mode, booked_at, attempts_made, next_at, last_result, result, closed_at, skills) VALUES ('c-1', 'i-1', 'sales', '+31612345678', '2026-03-09 08:58:00+00', '1 day 00:00:30', 3, 'desk', 'nl', 'office', 3, '00:15:00', '2026-03-11 09:00:00+00', 'agent_first', '2026-03-09 09:00:00+00', 0, NULL, NULL, NULL, NULL, '[{"after": "P0D", "skills": {"finnish": 5}}, {"after": "PT60S", "skills": {"finnish": 2}}]');


--
-- Data for Name: disposition; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.disposition (interaction_id, number, agent_id, queue, disposition, set_by, set_at) VALUES ('i-1', 10, '101', 'claims', 'sold', '101', '2026-03-09 09:00:00+00');


--
-- Data for Name: do_not_call; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.do_not_call (number, set_by, reason, set_at) VALUES ('+31699999999', 'supervisor', 'asked', '2026-11-29 20:20:30.339488+00');


--
-- Data for Name: interaction; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.interaction (id, channel, direction, node, flow, flow_version, called_number, caller_number, caller_name, caller_status, language, tags, queue, agent_id, end_reason, ended_by, started_at, ended_at) VALUES ('n1-1a228eda9f8-13', 'voice', 'inbound', 'n1', 'insurance', '8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e', '+31201234567', '+31620000000', '', '', 'nl', '{}', 'service', '102', 'completed', 'system', '2026-11-29 20:09:59.629518+00', '2026-11-29 20:10:13.593652+00');
INSERT INTO public.interaction (id, channel, direction, node, flow, flow_version, called_number, caller_number, caller_name, caller_status, language, tags, queue, agent_id, end_reason, ended_by, started_at, ended_at) VALUES ('n1-1a228eda9f8-116', 'voice', 'inbound', 'n1', 'insurance', '8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e', '+31201234567', '+31620000014', '', '', 'en', '{"topic": "claim"}', 'claims', '102', 'completed', 'system', '2026-11-29 20:10:13.642529+00', '2026-11-29 20:10:31.246469+00');
INSERT INTO public.interaction (id, channel, direction, node, flow, flow_version, called_number, caller_number, caller_name, caller_status, language, tags, queue, agent_id, end_reason, ended_by, started_at, ended_at) VALUES ('n1-1a228eda9f8-122', 'voice', 'inbound', 'n1', 'insurance', '8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e', '+31201234567', '+31620000015', '', '', 'en', '{"topic": "claim"}', 'claims', '101', 'completed', 'system', '2026-11-29 20:10:14.639576+00', '2026-11-29 20:10:33.730918+00');


--
-- Data for Name: interaction_event_2026_03; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: interaction_event_2026_04; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: interaction_event_2026_11; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 214, '2026-11-29 20:10:13.642529+00', 'InteractionStarted', '{"leg": "n1-1795983013.35", "flow": "insurance", "language": "en", "direction": "inbound", "caller_name": "", "flow_version": "8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e", "called_number": "+31201234567", "caller_number": "+31620000014"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 215, '2026-11-29 20:10:13.642529+00', 'SectionEntered', '{"section": "start"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 216, '2026-11-29 20:10:13.642529+00', 'PromptPlayed', '{"prompt": "chime"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 228, '2026-11-29 20:10:14.543473+00', 'PromptPlayed', '{"prompt": "welcome"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-122', 229, '2026-11-29 20:10:14.639576+00', 'InteractionStarted', '{"leg": "n1-1795983014.36", "flow": "insurance", "language": "en", "direction": "inbound", "caller_name": "", "flow_version": "8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e", "called_number": "+31201234567", "caller_number": "+31620000015"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-122', 230, '2026-11-29 20:10:14.639576+00', 'SectionEntered', '{"section": "start"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 328, '2026-11-29 20:10:18.935747+00', 'LookUpDone', '{"name": "customer", "outcome": "not_found"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 329, '2026-11-29 20:10:18.935747+00', 'SectionEntered', '{"section": "language_choice"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 330, '2026-11-29 20:10:18.935747+00', 'MenuChosen', '{"key": "1", "menu": "language_choice"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 331, '2026-11-29 20:10:18.935747+00', 'SectionEntered', '{"section": "opening"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 332, '2026-11-29 20:10:18.935747+00', 'SectionEntered', '{"section": "main_menu"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 333, '2026-11-29 20:10:18.935747+00', 'MenuChosen', '{"key": "1", "menu": "main_menu"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 334, '2026-11-29 20:10:18.935747+00', 'SectionEntered', '{"section": "claims"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 335, '2026-11-29 20:10:18.935747+00', 'InteractionTagged', '{"key": "topic", "value": "claim"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 336, '2026-11-29 20:10:18.935747+00', 'SegmentEnded', '{"kind": "flow", "agent": "", "queue": "", "result": "", "segment": "n1-1a228eda9f8-171", "started_at": "2026-11-29T20:10:13.642529Z", "position_at_exit": 0, "position_at_entry": 0}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 337, '2026-11-29 20:10:18.935747+00', 'InteractionQueued', '{"queue": "claims", "prefer": "", "skills": [], "position": 2, "priority": 5, "head_start": "P0D", "prefer_until": null, "ranked_since": "2026-11-29T20:10:18.935747Z"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 338, '2026-11-29 20:10:18.935747+00', 'PromptPlayed', '{"prompt": "connecting"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 421, '2026-11-29 20:10:23.401883+00', 'OfferMade', '{"agent": "102", "offer": "n1-1a228eda9f8-207", "queue": "claims", "grounds": {"value": 0.0, "waited": "PT4.466136S", "priority": 5, "strategy": "longest_idle", "head_start": "P0D", "free_agents": 1, "agents_passed": [], "callers_passed": [], "callers_waiting": 4}}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 443, '2026-11-29 20:10:24.411915+00', 'OfferEnded', '{"agent": "102", "offer": "n1-1a228eda9f8-207", "queue": "claims", "result": "accepted", "made_at": "2026-11-29T20:10:23.401883Z", "rang_at": "2026-11-29T20:10:23.404982Z"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 444, '2026-11-29 20:10:24.411915+00', 'InteractionDequeued', '{"queue": "claims", "result": "answered", "waited": "PT5.476168S"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 445, '2026-11-29 20:10:24.411915+00', 'SegmentEnded', '{"kind": "queue", "agent": "", "queue": "claims", "result": "answered", "segment": "n1-1a228eda9f8-217", "started_at": "2026-11-29T20:10:18.935747Z", "position_at_exit": 1, "position_at_entry": 2}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 447, '2026-11-29 20:10:24.411915+00', 'AgentConnected', '{"agent": "102", "queue": "claims", "waited": "PT5.476168S"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 448, '2026-11-29 20:10:24.411915+00', 'RecordingStarted', '{"agent": "102", "recording": "n1-1a228eda9f8-218"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 486, '2026-11-29 20:10:28.773845+00', 'SegmentEnded', '{"kind": "talk", "agent": "102", "queue": "claims", "result": "", "segment": "n1-1a228eda9f8-238", "started_at": "2026-11-29T20:10:24.411915Z", "position_at_exit": 0, "position_at_entry": 0}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 487, '2026-11-29 20:10:28.773845+00', 'SectionEntered', '{"section": "goodbye"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 488, '2026-11-29 20:10:28.773845+00', 'PromptPlayed', '{"prompt": "goodbye"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 489, '2026-11-29 20:10:28.775889+00', 'RecordingEnded', '{"path": "/srv/contactcenter/asterisk/spool/recording/n1-1a228eda9f8-218.wav", "agent": "102", "failed": false, "duration": "PT4S", "recording": "n1-1a228eda9f8-218", "started_at": "2026-11-29T20:10:24.411915Z"}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 509, '2026-11-29 20:10:30.774247+00', 'SegmentEnded', '{"kind": "wrap_up", "agent": "102", "queue": "claims", "result": "", "segment": "n1-1a228eda9f8-246", "started_at": "2026-11-29T20:10:28.773845Z", "position_at_exit": 0, "position_at_entry": 0}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 517, '2026-11-29 20:10:31.246469+00', 'SegmentEnded', '{"kind": "flow", "agent": "", "queue": "", "result": "", "segment": "n1-1a228eda9f8-252", "started_at": "2026-11-29T20:10:28.773845Z", "position_at_exit": 0, "position_at_entry": 0}');
INSERT INTO public.interaction_event_2026_11 (interaction_id, number, at, kind, data) VALUES ('n1-1a228eda9f8-116', 518, '2026-11-29 20:10:31.246469+00', 'InteractionEnded', '{"flow": "insurance", "node": "n1", "tags": {"topic": "claim"}, "agent": "102", "queue": "claims", "reason": "completed", "channel": "voice", "ended_by": "system", "language": "en", "direction": "inbound", "started_at": "2026-11-29T20:10:13.642529Z", "caller_name": "", "flow_version": "8694682e1abb2c66bdb2e281594b09da019814541c46e46d9c85e12f3fabf49e", "called_number": "+31201234567", "caller_number": "+31620000014", "caller_status": ""}');


--
-- Data for Name: interaction_event_2026_12; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: interaction_event_default; Type: TABLE DATA; Schema: public; Owner: -
--



--
-- Data for Name: lost_call; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.lost_call (interaction_id, queue, caller_number, waited, opened_at, result, closed_at) VALUES ('n1-1a228eda9f8-56', 'sales', '+31620000008', '00:00:12.854526', '2026-11-29 20:10:25.810374+00', NULL, NULL);
INSERT INTO public.lost_call (interaction_id, queue, caller_number, waited, opened_at, result, closed_at) VALUES ('n1-1a228eda9f8-93', 'sales', '+31620000012', '00:00:12.854716', '2026-11-29 20:10:29.812199+00', NULL, NULL);


--
-- Data for Name: offer; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.offer (id, interaction_id, agent_id, queue, result, made_at, rang_at, ended_at, grounds) VALUES ('n1-1a228eda9f8-207', 'n1-1a228eda9f8-116', '102', 'claims', 'accepted', '2026-11-29 20:10:23.401883+00', '2026-11-29 20:10:23.404982+00', '2026-11-29 20:10:24.411915+00', '{"value": 0.0, "waited": "PT4.466136S", "priority": 5, "strategy": "longest_idle", "head_start": "P0D", "free_agents": 1, "agents_passed": [], "callers_passed": [], "callers_waiting": 4}');
INSERT INTO public.offer (id, interaction_id, agent_id, queue, result, made_at, rang_at, ended_at, grounds) VALUES ('n1-1a228eda9f8-220', 'n1-1a228eda9f8-122', '101', 'claims', 'accepted', '2026-11-29 20:10:25.123928+00', '2026-11-29 20:10:25.126575+00', '2026-11-29 20:10:26.132078+00', '{"value": 0.0, "waited": "PT5.190583S", "priority": 5, "strategy": "longest_idle", "head_start": "P0D", "free_agents": 1, "agents_passed": [], "callers_passed": [], "callers_waiting": 4}');
INSERT INTO public.offer (id, interaction_id, agent_id, queue, result, made_at, rang_at, ended_at, grounds) VALUES ('n1-1a228eda9f8-42', 'n1-1a228eda9f8-13', '102', 'service', 'accepted', '2026-11-29 20:10:06.153334+00', '2026-11-29 20:10:06.160065+00', '2026-11-29 20:10:07.166916+00', '{"value": 10.53589, "waited": "P0D", "priority": 5, "strategy": "longest_idle", "head_start": "P0D", "free_agents": 3, "agents_passed": [{"agent": "103", "value": 10.524248, "reason": "later_choice"}, {"agent": "104", "value": 10.50944, "reason": "later_choice"}], "callers_passed": [], "callers_waiting": 1}');


--
-- Data for Name: phone; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.phone (id, agent_id, secret) VALUES ('phone-95ae34fe25c1', '101', 'zgZplAeP7C2Tnpcp9IgKwXVNec9noYxb');
INSERT INTO public.phone (id, agent_id, secret) VALUES ('phone-cd244be351a3', '102', 'P6Y4S5ao64vETJ0Zmoc7VjnSZNisgk65');


--
-- Data for Name: phone_number; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.phone_number (number, customer_id) VALUES ('+31611112222', 1);


--
-- Data for Name: queue_state; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.queue_state (queue, number, state, changed_by, started_at) VALUES ('claims', 11, 'closed', 'administrator', '2026-03-09 09:00:00+00');


--
-- Data for Name: recording; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.recording (id, interaction_id, agent_id, path, failed, duration, channels, sha256, started_at, ended_at, keep_until, erased_at) VALUES ('n1-1a228eda9f8-54', 'n1-1a228eda9f8-13', '102', '/srv/contactcenter/asterisk/spool/recording/n1-1a228eda9f8-54.wav', false, '00:00:03', NULL, NULL, '2026-11-29 20:10:07.166916+00', '2026-11-29 20:10:10.531098+00', NULL, NULL);
INSERT INTO public.recording (id, interaction_id, agent_id, path, failed, duration, channels, sha256, started_at, ended_at, keep_until, erased_at) VALUES ('n1-1a228eda9f8-218', 'n1-1a228eda9f8-116', '102', '/srv/contactcenter/asterisk/spool/recording/n1-1a228eda9f8-218.wav', false, '00:00:04', NULL, NULL, '2026-11-29 20:10:24.411915+00', '2026-11-29 20:10:28.775889+00', NULL, NULL);
INSERT INTO public.recording (id, interaction_id, agent_id, path, failed, duration, channels, sha256, started_at, ended_at, keep_until, erased_at) VALUES ('n1-1a228eda9f8-232', 'n1-1a228eda9f8-122', '101', '/srv/contactcenter/asterisk/spool/recording/n1-1a228eda9f8-232.wav', false, '00:00:05', NULL, NULL, '2026-11-29 20:10:26.132078+00', '2026-11-29 20:10:31.26115+00', NULL, NULL);


--
-- Data for Name: schema_migration; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (1, '0001_interaction.sql', '9b527d187fd1278007dd2909b4ae0e05f36547fb0307c2e8f9b646c027f39660', '2026-11-29 20:20:30.233128+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (2, '0002_people.sql', '3b270f67174cb8da03559d1bcf19ea66585799b63b20d7e2f6844722f40e6d96', '2026-11-29 20:20:30.260279+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (3, '0003_customer.sql', '4092a6b1095a8e926d18db3e45980cd3330def04fab7e8834aa3b647544159a9', '2026-11-29 20:20:30.273152+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (4, '0004_promise.sql', '49883d62a94c1a43a10b7d6e4dda7367c3566bba0f1067e632014c4462b00a69', '2026-11-29 20:20:30.285302+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (5, '0005_skill.sql', '93d26c314f727a55700060a0648ced8c8e850425933b68faa5fe15fb3111d0b2', '2026-11-29 20:20:30.301938+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (6, '0006_offer_grounds.sql', '673260db5c361adaaef214a5fdb1cc577feac87d603ca36ab57f55b26c3734e7', '2026-11-29 20:20:30.306792+00');
INSERT INTO public.schema_migration (number, name, checksum, applied_at) VALUES (7, '0007_callback_skills.sql', '0dc95a39cbcaa10f300c006266ac3a942713c84680177f52fe702fbd535321a8', '2026-11-29 20:20:30.307765+00');


--
-- Data for Name: segment; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-40', 'n1-1a228eda9f8-13', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:09:59.629518+00', '2026-11-29 20:10:06.153334+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-53', 'n1-1a228eda9f8-13', 'queue', 'service', NULL, 'answered', 1, 1, '2026-11-29 20:10:06.153334+00', '2026-11-29 20:10:07.166916+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-82', 'n1-1a228eda9f8-13', 'talk', 'service', '102', '', NULL, NULL, '2026-11-29 20:10:07.166916+00', '2026-11-29 20:10:10.525885+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-100', 'n1-1a228eda9f8-13', 'wrap_up', 'service', '102', '', NULL, NULL, '2026-11-29 20:10:10.525885+00', '2026-11-29 20:10:12.526469+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-115', 'n1-1a228eda9f8-13', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:10:10.525885+00', '2026-11-29 20:10:13.593652+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-171', 'n1-1a228eda9f8-116', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:10:13.642529+00', '2026-11-29 20:10:18.935747+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-182', 'n1-1a228eda9f8-122', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:10:14.639576+00', '2026-11-29 20:10:19.933345+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-217', 'n1-1a228eda9f8-116', 'queue', 'claims', NULL, 'answered', 2, 1, '2026-11-29 20:10:18.935747+00', '2026-11-29 20:10:24.411915+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-231', 'n1-1a228eda9f8-122', 'queue', 'claims', NULL, 'answered', 2, 1, '2026-11-29 20:10:19.933345+00', '2026-11-29 20:10:26.132078+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-238', 'n1-1a228eda9f8-116', 'talk', 'claims', '102', '', NULL, NULL, '2026-11-29 20:10:24.411915+00', '2026-11-29 20:10:28.773845+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-246', 'n1-1a228eda9f8-116', 'wrap_up', 'claims', '102', '', NULL, NULL, '2026-11-29 20:10:28.773845+00', '2026-11-29 20:10:30.774247+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-252', 'n1-1a228eda9f8-116', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:10:28.773845+00', '2026-11-29 20:10:31.246469+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-253', 'n1-1a228eda9f8-122', 'talk', 'claims', '101', '', NULL, NULL, '2026-11-29 20:10:26.132078+00', '2026-11-29 20:10:31.259545+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-264', 'n1-1a228eda9f8-122', 'wrap_up', 'claims', '101', '', NULL, NULL, '2026-11-29 20:10:31.259545+00', '2026-11-29 20:10:33.260717+00');
INSERT INTO public.segment (id, interaction_id, kind, queue, agent_id, result, position_at_entry, position_at_exit, started_at, ended_at) VALUES ('n1-1a228eda9f8-265', 'n1-1a228eda9f8-122', 'flow', NULL, NULL, '', NULL, NULL, '2026-11-29 20:10:31.259545+00', '2026-11-29 20:10:33.730918+00');


--
-- Name: customer_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.customer_id_seq', 1, true);


--
-- PostgreSQL database dump complete
--


