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
-- Name: create_event_partition(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.create_event_partition(at_instant timestamp with time zone) RETURNS text
    LANGUAGE plpgsql
    AS $$
declare
    first_day timestamp := date_trunc('month', at_instant at time zone 'UTC');
    begins timestamptz := first_day at time zone 'UTC';
    ends timestamptz := (first_day + interval '1 month') at time zone 'UTC';
    partition_name text := 'interaction_event_' || to_char(first_day, 'YYYY_MM');
begin
    if to_regclass(partition_name) is not null then
        return partition_name;
    end if;
    perform pg_advisory_xact_lock(hashtext('interaction_event'));
    if to_regclass(partition_name) is not null then
        return partition_name;
    end if;
    execute format('create table %I (like interaction_event including all)', partition_name);
    -- what came before its partition did
    execute format(
        'with moved as (delete from interaction_event_default where at >= %L and at < %L '
        'returning *) insert into %I select * from moved', begins, ends, partition_name);
    execute format(
        'alter table interaction_event attach partition %I for values from (%L) to (%L)',
        partition_name, begins, ends);
    return partition_name;
end
$$;


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: account; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.account (
    policy_number text NOT NULL,
    customer_id bigint NOT NULL,
    balance numeric(12,2) NOT NULL,
    currency text NOT NULL,
    CONSTRAINT account_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text))
);


--
-- Name: agent; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agent (
    id text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT agent_id_check CHECK ((id ~ '^[0-9]{2,6}$'::text)),
    CONSTRAINT agent_name_check CHECK ((name <> ''::text))
);


--
-- Name: agent_queue; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agent_queue (
    agent_id text NOT NULL,
    queue text NOT NULL,
    CONSTRAINT agent_queue_queue_check CHECK ((queue <> ''::text))
);


--
-- Name: agent_skill; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agent_skill (
    agent_id text NOT NULL,
    skill text NOT NULL,
    level smallint NOT NULL,
    CONSTRAINT agent_skill_level_check CHECK (((level >= 1) AND (level <= 9)))
);


--
-- Name: agent_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.agent_state (
    agent_id text NOT NULL,
    number bigint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    changed_by text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone
);


--
-- Name: api_token; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.api_token (
    sha256 bytea NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    agent_id text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_token_check CHECK (((role = 'agent'::text) = (agent_id IS NOT NULL))),
    CONSTRAINT api_token_role_check CHECK ((role = ANY (ARRAY['agent'::text, 'supervisor'::text, 'engineer'::text, 'admin'::text])))
);


--
-- Name: callback; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.callback (
    id text NOT NULL,
    interaction_id text,
    queue text,
    number text,
    waiting_since timestamp with time zone,
    head_start interval,
    priority integer,
    flow text,
    language text,
    hours text,
    attempts integer,
    retry_after interval,
    expires_at timestamp with time zone,
    mode text,
    booked_at timestamp with time zone,
    attempts_made integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone,
    last_result text,
    result text,
    closed_at timestamp with time zone,
    state text GENERATED ALWAYS AS (
CASE
    WHEN (closed_at IS NULL) THEN 'open'::text
    ELSE 'closed'::text
END) STORED NOT NULL,
    skills jsonb DEFAULT '[]'::jsonb NOT NULL
);


--
-- Name: customer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.customer (
    id bigint NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'standard'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: customer_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

ALTER TABLE public.customer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.customer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: disposition; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.disposition (
    interaction_id text NOT NULL,
    number bigint NOT NULL,
    agent_id text NOT NULL,
    queue text NOT NULL,
    disposition text NOT NULL,
    set_by text NOT NULL,
    set_at timestamp with time zone NOT NULL
);


--
-- Name: do_not_call; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.do_not_call (
    number text NOT NULL,
    set_by text NOT NULL,
    reason text NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT do_not_call_number_check CHECK ((number ~ '^\+[1-9][0-9]{5,14}$'::text))
);


--
-- Name: interaction; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction (
    id text NOT NULL,
    channel text NOT NULL,
    direction text NOT NULL,
    node text NOT NULL,
    flow text NOT NULL,
    flow_version text NOT NULL,
    called_number text NOT NULL,
    caller_number text NOT NULL,
    caller_name text NOT NULL,
    caller_status text NOT NULL,
    language text NOT NULL,
    tags jsonb NOT NULL,
    queue text,
    agent_id text,
    end_reason text NOT NULL,
    ended_by text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL
);


--
-- Name: interaction_event; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event (
    interaction_id text NOT NULL,
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL
)
PARTITION BY RANGE (at);


--
-- Name: interaction_event_2026_03; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event_2026_03 (
    interaction_id text CONSTRAINT interaction_event_interaction_id_not_null NOT NULL,
    number bigint CONSTRAINT interaction_event_number_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT interaction_event_at_not_null NOT NULL,
    kind text CONSTRAINT interaction_event_kind_not_null NOT NULL,
    data jsonb CONSTRAINT interaction_event_data_not_null NOT NULL
);


--
-- Name: interaction_event_2026_04; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event_2026_04 (
    interaction_id text CONSTRAINT interaction_event_interaction_id_not_null NOT NULL,
    number bigint CONSTRAINT interaction_event_number_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT interaction_event_at_not_null NOT NULL,
    kind text CONSTRAINT interaction_event_kind_not_null NOT NULL,
    data jsonb CONSTRAINT interaction_event_data_not_null NOT NULL
);


--
-- Name: interaction_event_2026_11; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event_2026_11 (
    interaction_id text CONSTRAINT interaction_event_interaction_id_not_null NOT NULL,
    number bigint CONSTRAINT interaction_event_number_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT interaction_event_at_not_null NOT NULL,
    kind text CONSTRAINT interaction_event_kind_not_null NOT NULL,
    data jsonb CONSTRAINT interaction_event_data_not_null NOT NULL
);


--
-- Name: interaction_event_2026_12; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event_2026_12 (
    interaction_id text CONSTRAINT interaction_event_interaction_id_not_null NOT NULL,
    number bigint CONSTRAINT interaction_event_number_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT interaction_event_at_not_null NOT NULL,
    kind text CONSTRAINT interaction_event_kind_not_null NOT NULL,
    data jsonb CONSTRAINT interaction_event_data_not_null NOT NULL
);


--
-- Name: interaction_event_default; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.interaction_event_default (
    interaction_id text CONSTRAINT interaction_event_interaction_id_not_null NOT NULL,
    number bigint CONSTRAINT interaction_event_number_not_null NOT NULL,
    at timestamp with time zone CONSTRAINT interaction_event_at_not_null NOT NULL,
    kind text CONSTRAINT interaction_event_kind_not_null NOT NULL,
    data jsonb CONSTRAINT interaction_event_data_not_null NOT NULL
);


--
-- Name: lost_call; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.lost_call (
    interaction_id text NOT NULL,
    queue text,
    caller_number text,
    waited interval,
    opened_at timestamp with time zone,
    result text,
    closed_at timestamp with time zone,
    state text GENERATED ALWAYS AS (
CASE
    WHEN (closed_at IS NULL) THEN 'open'::text
    ELSE 'closed'::text
END) STORED NOT NULL
);


--
-- Name: offer; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.offer (
    id text NOT NULL,
    interaction_id text NOT NULL,
    agent_id text NOT NULL,
    queue text NOT NULL,
    result text,
    made_at timestamp with time zone NOT NULL,
    rang_at timestamp with time zone,
    ended_at timestamp with time zone,
    grounds jsonb
);


--
-- Name: phone; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phone (
    id text NOT NULL,
    agent_id text NOT NULL,
    secret text NOT NULL
);


--
-- Name: phone_number; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.phone_number (
    number text NOT NULL,
    customer_id bigint NOT NULL
);


--
-- Name: queue_state; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.queue_state (
    queue text NOT NULL,
    number bigint NOT NULL,
    state text NOT NULL,
    changed_by text NOT NULL,
    started_at timestamp with time zone NOT NULL
);


--
-- Name: recording; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.recording (
    id text NOT NULL,
    interaction_id text NOT NULL,
    agent_id text,
    path text NOT NULL,
    failed boolean NOT NULL,
    duration interval NOT NULL,
    channels smallint,
    sha256 bytea,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL,
    keep_until timestamp with time zone,
    erased_at timestamp with time zone
);


--
-- Name: schema_migration; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.schema_migration (
    number integer NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);


--
-- Name: segment; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.segment (
    id text NOT NULL,
    interaction_id text NOT NULL,
    kind text NOT NULL,
    queue text,
    agent_id text,
    result text NOT NULL,
    position_at_entry integer,
    position_at_exit integer,
    started_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone NOT NULL
);


--
-- Name: skill; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.skill (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT skill_name_check CHECK ((name <> ''::text))
);


--
-- Name: interaction_event_2026_03; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event ATTACH PARTITION public.interaction_event_2026_03 FOR VALUES FROM ('2026-03-01 00:00:00+00') TO ('2026-04-01 00:00:00+00');


--
-- Name: interaction_event_2026_04; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event ATTACH PARTITION public.interaction_event_2026_04 FOR VALUES FROM ('2026-04-01 00:00:00+00') TO ('2026-05-01 00:00:00+00');


--
-- Name: interaction_event_2026_11; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event ATTACH PARTITION public.interaction_event_2026_11 FOR VALUES FROM ('2026-11-01 00:00:00+00') TO ('2026-12-01 00:00:00+00');


--
-- Name: interaction_event_2026_12; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event ATTACH PARTITION public.interaction_event_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');


--
-- Name: interaction_event_default; Type: TABLE ATTACH; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event ATTACH PARTITION public.interaction_event_default DEFAULT;


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (policy_number);


--
-- Name: agent agent_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent
    ADD CONSTRAINT agent_pkey PRIMARY KEY (id);


--
-- Name: agent_queue agent_queue_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_queue
    ADD CONSTRAINT agent_queue_pkey PRIMARY KEY (agent_id, queue);


--
-- Name: agent_skill agent_skill_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_skill
    ADD CONSTRAINT agent_skill_pkey PRIMARY KEY (agent_id, skill);


--
-- Name: agent_state agent_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_state
    ADD CONSTRAINT agent_state_pkey PRIMARY KEY (agent_id, started_at, number);


--
-- Name: api_token api_token_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_pkey PRIMARY KEY (sha256);


--
-- Name: callback callback_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.callback
    ADD CONSTRAINT callback_pkey PRIMARY KEY (id);


--
-- Name: customer customer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.customer
    ADD CONSTRAINT customer_pkey PRIMARY KEY (id);


--
-- Name: disposition disposition_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.disposition
    ADD CONSTRAINT disposition_pkey PRIMARY KEY (interaction_id, number);


--
-- Name: do_not_call do_not_call_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.do_not_call
    ADD CONSTRAINT do_not_call_pkey PRIMARY KEY (number);


--
-- Name: interaction_event interaction_event_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event
    ADD CONSTRAINT interaction_event_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction_event_2026_03 interaction_event_2026_03_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event_2026_03
    ADD CONSTRAINT interaction_event_2026_03_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction_event_2026_04 interaction_event_2026_04_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event_2026_04
    ADD CONSTRAINT interaction_event_2026_04_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction_event_2026_11 interaction_event_2026_11_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event_2026_11
    ADD CONSTRAINT interaction_event_2026_11_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction_event_2026_12 interaction_event_2026_12_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event_2026_12
    ADD CONSTRAINT interaction_event_2026_12_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction_event_default interaction_event_default_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction_event_default
    ADD CONSTRAINT interaction_event_default_pkey PRIMARY KEY (interaction_id, number, at);


--
-- Name: interaction interaction_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT interaction_pkey PRIMARY KEY (id);


--
-- Name: lost_call lost_call_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.lost_call
    ADD CONSTRAINT lost_call_pkey PRIMARY KEY (interaction_id);


--
-- Name: offer offer_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (id);


--
-- Name: phone_number phone_number_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone_number
    ADD CONSTRAINT phone_number_pkey PRIMARY KEY (number);


--
-- Name: phone phone_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone
    ADD CONSTRAINT phone_pkey PRIMARY KEY (id);


--
-- Name: queue_state queue_state_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.queue_state
    ADD CONSTRAINT queue_state_pkey PRIMARY KEY (queue, started_at, number);


--
-- Name: recording recording_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.recording
    ADD CONSTRAINT recording_pkey PRIMARY KEY (id);


--
-- Name: schema_migration schema_migration_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);


--
-- Name: segment segment_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_pkey PRIMARY KEY (id);


--
-- Name: skill skill_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.skill
    ADD CONSTRAINT skill_pkey PRIMARY KEY (name);


--
-- Name: account_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX account_customer ON public.account USING btree (customer_id);


--
-- Name: agent_skill_skill; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agent_skill_skill ON public.agent_skill USING btree (skill);


--
-- Name: agent_state_end; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX agent_state_end ON public.agent_state USING btree (agent_id, ended_at);


--
-- Name: api_token_agent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX api_token_agent ON public.api_token USING btree (agent_id);


--
-- Name: callback_number; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX callback_number ON public.callback USING btree (number, booked_at DESC);


--
-- Name: callback_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX callback_open ON public.callback USING btree (booked_at) WHERE (closed_at IS NULL);


--
-- Name: disposition_queue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX disposition_queue ON public.disposition USING btree (queue, set_at);


--
-- Name: interaction_caller; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX interaction_caller ON public.interaction USING btree (caller_number, started_at DESC);


--
-- Name: interaction_started; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX interaction_started ON public.interaction USING btree (started_at);


--
-- Name: lost_call_number; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lost_call_number ON public.lost_call USING btree (caller_number, opened_at DESC);


--
-- Name: lost_call_open; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX lost_call_open ON public.lost_call USING btree (opened_at) WHERE (closed_at IS NULL);


--
-- Name: offer_agent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX offer_agent ON public.offer USING btree (agent_id, made_at);


--
-- Name: offer_interaction; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX offer_interaction ON public.offer USING btree (interaction_id, made_at);


--
-- Name: offer_made; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX offer_made ON public.offer USING btree (made_at);


--
-- Name: phone_agent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phone_agent ON public.phone USING btree (agent_id);


--
-- Name: phone_number_customer; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX phone_number_customer ON public.phone_number USING btree (customer_id);


--
-- Name: recording_interaction; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_interaction ON public.recording USING btree (interaction_id);


--
-- Name: recording_started; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX recording_started ON public.recording USING btree (started_at);


--
-- Name: segment_agent; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX segment_agent ON public.segment USING btree (agent_id, started_at) WHERE (agent_id IS NOT NULL);


--
-- Name: segment_interaction; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX segment_interaction ON public.segment USING btree (interaction_id, started_at);


--
-- Name: segment_queue; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX segment_queue ON public.segment USING btree (queue, started_at) WHERE (kind = 'queue'::text);


--
-- Name: segment_started; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX segment_started ON public.segment USING btree (started_at);


--
-- Name: interaction_event_2026_03_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.interaction_event_pkey ATTACH PARTITION public.interaction_event_2026_03_pkey;


--
-- Name: interaction_event_2026_04_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.interaction_event_pkey ATTACH PARTITION public.interaction_event_2026_04_pkey;


--
-- Name: interaction_event_2026_11_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.interaction_event_pkey ATTACH PARTITION public.interaction_event_2026_11_pkey;


--
-- Name: interaction_event_2026_12_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.interaction_event_pkey ATTACH PARTITION public.interaction_event_2026_12_pkey;


--
-- Name: interaction_event_default_pkey; Type: INDEX ATTACH; Schema: public; Owner: -
--

ALTER INDEX public.interaction_event_pkey ATTACH PARTITION public.interaction_event_default_pkey;


--
-- Name: account account_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id) ON DELETE CASCADE;


--
-- Name: agent_queue agent_queue_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_queue
    ADD CONSTRAINT agent_queue_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id) ON DELETE CASCADE;


--
-- Name: agent_skill agent_skill_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_skill
    ADD CONSTRAINT agent_skill_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id) ON DELETE CASCADE;


--
-- Name: agent_skill agent_skill_skill_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.agent_skill
    ADD CONSTRAINT agent_skill_skill_fkey FOREIGN KEY (skill) REFERENCES public.skill(name) ON DELETE CASCADE;


--
-- Name: api_token api_token_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.api_token
    ADD CONSTRAINT api_token_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id) ON DELETE CASCADE;


--
-- Name: phone phone_agent_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone
    ADD CONSTRAINT phone_agent_id_fkey FOREIGN KEY (agent_id) REFERENCES public.agent(id) ON DELETE CASCADE;


--
-- Name: phone_number phone_number_customer_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.phone_number
    ADD CONSTRAINT phone_number_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES public.customer(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


