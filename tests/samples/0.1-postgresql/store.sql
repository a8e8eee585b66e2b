CREATE ROLE vow_01a228970f7072898be4f10e300dba2a;
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:ERNRCgcrO69Zgz4ut+yDLA==$SCFesUqkI7JKPdpPzNCu2xLulm6ZxDkuapey0BxSQg0=:YWBUg1ZnIzPHK6AVbhb4git+bTFWc+IuczKlwwkefqM=';
CREATE ROLE vow_control;
ALTER ROLE vow_control WITH NOSUPERUSER NOINHERIT NOCREATEROLE NOCREATEDB LOGIN NOREPLICATION NOBYPASSRLS PASSWORD 'SCRAM-SHA-256$4096:jC3TGTC4BRO4faOkqKW52w==$x89KHjhzrNXaD2aFVzT40vzCjOP++ZQmd19U2BAJhH0=:rsMrhjqEzJGpCtRVHN/8uNZ72YxpxTnQnFWjTeN4pQ8=';
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a SET search_path TO 'vow_01a228970f7072898be4f10e300dba2a';
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a SET lock_timeout TO '10s';
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a SET idle_in_transaction_session_timeout TO '5min';
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a SET row_security TO 'off';
ALTER ROLE vow_01a228970f7072898be4f10e300dba2a SET "TimeZone" TO 'UTC';
ALTER ROLE vow_control SET search_path TO 'vow_control';
ALTER ROLE vow_control SET lock_timeout TO '10s';
ALTER ROLE vow_control SET idle_in_transaction_session_timeout TO '5min';
ALTER ROLE vow_control SET row_security TO 'off';
ALTER ROLE vow_control SET "TimeZone" TO 'UTC';
--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: vow_01a228970f7072898be4f10e300dba2a; Type: SCHEMA; Schema: -; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE SCHEMA vow_01a228970f7072898be4f10e300dba2a;


ALTER SCHEMA vow_01a228970f7072898be4f10e300dba2a OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: vow_control; Type: SCHEMA; Schema: -; Owner: vow_control
--

CREATE SCHEMA vow_control;


ALTER SCHEMA vow_control OWNER TO vow_control;

--
-- Name: vow_platform; Type: SCHEMA; Schema: -; Owner: vow
--

CREATE SCHEMA vow_platform;


ALTER SCHEMA vow_platform OWNER TO vow;

--
-- Name: sealed; Type: DOMAIN; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE DOMAIN vow_01a228970f7072898be4f10e300dba2a.sealed AS bytea
	CONSTRAINT sealed_check CHECK ((length(VALUE) >= 40));


ALTER DOMAIN vow_01a228970f7072898be4f10e300dba2a.sealed OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: sealed; Type: DOMAIN; Schema: vow_control; Owner: vow_control
--

CREATE DOMAIN vow_control.sealed AS bytea
	CONSTRAINT sealed_check CHECK ((length(VALUE) >= 40));


ALTER DOMAIN vow_control.sealed OWNER TO vow_control;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: ai_objection; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.ai_objection (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    person uuid,
    objected bigint DEFAULT 0 NOT NULL,
    blocked bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.ai_objection OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: ai_provider; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.ai_provider (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C",
    dialect text COLLATE pg_catalog."C",
    endpoint text COLLATE pg_catalog."C",
    model text COLLATE pg_catalog."C",
    api_key vow_01a228970f7072898be4f10e300dba2a.sealed,
    region text COLLATE pg_catalog."C",
    local bigint DEFAULT 0 NOT NULL,
    agreement_until bigint,
    no_training_until bigint,
    zero_retention_until bigint
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.ai_provider OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: ai_receipt; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.ai_receipt (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    person uuid,
    capability text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    model text COLLATE pg_catalog."C",
    region text COLLATE pg_catalog."C",
    reason text COLLATE pg_catalog."C",
    columns bytea,
    rows bigint DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL,
    prompt_tokens bigint DEFAULT 0 NOT NULL,
    completion_tokens bigint DEFAULT 0 NOT NULL,
    left_out bigint DEFAULT 0 NOT NULL,
    masked bytea,
    commitment text COLLATE pg_catalog."C",
    policy bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.ai_receipt OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: ai_settings; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.ai_settings (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    "on" bigint DEFAULT 0 NOT NULL,
    provider uuid,
    per_minute bigint
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.ai_settings OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: ai_switch; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.ai_switch (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    capability text COLLATE pg_catalog."C",
    "on" bigint DEFAULT 0 NOT NULL,
    roles bytea
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.ai_switch OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: audit_checkpoint; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    number bigint DEFAULT 0 NOT NULL,
    events bigint DEFAULT 0 NOT NULL,
    before text COLLATE pg_catalog."C",
    head text COLLATE pg_catalog."C",
    signature text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: audit_event; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.audit_event (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    actor uuid,
    actor_name text COLLATE pg_catalog."C",
    action text COLLATE pg_catalog."C",
    object uuid,
    subject uuid,
    detail text COLLATE pg_catalog."C",
    request_id text COLLATE pg_catalog."C",
    checkpoint bigint
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.audit_event OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: client; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.client (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C",
    archived bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.client OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: commit_mark; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.commit_mark (
    node uuid NOT NULL,
    number bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.commit_mark OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: file; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.file (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    owner uuid,
    name vow_01a228970f7072898be4f10e300dba2a.sealed,
    type text COLLATE pg_catalog."C",
    bytes bigint DEFAULT 0 NOT NULL,
    content vow_01a228970f7072898be4f10e300dba2a.sealed
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.file OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: form; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.form (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    title text COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    status text COLLATE pg_catalog."C",
    public bigint DEFAULT 0 NOT NULL,
    retention_days bigint DEFAULT 0 NOT NULL,
    link text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.form OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: form_01a228971eef7adf891341378fddf72e; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    submitter uuid,
    long_text vow_01a228970f7072898be4f10e300dba2a.sealed,
    text vow_01a228970f7072898be4f10e300dba2a.sealed,
    text_blind bytea,
    number double precision,
    choice vow_01a228970f7072898be4f10e300dba2a.sealed,
    choice_blind bytea,
    date bigint,
    email vow_01a228970f7072898be4f10e300dba2a.sealed,
    email_blind bytea,
    file uuid
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: form_field; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.form_field (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    form uuid,
    "position" bigint DEFAULT 0 NOT NULL,
    key text COLLATE pg_catalog."C",
    label text COLLATE pg_catalog."C",
    help text COLLATE pg_catalog."C",
    kind text COLLATE pg_catalog."C",
    privacy text COLLATE pg_catalog."C",
    required bigint DEFAULT 0 NOT NULL,
    ai bigint DEFAULT 0 NOT NULL,
    choices bytea,
    max bigint DEFAULT 0 NOT NULL,
    hidden bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.form_field OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: hook; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.hook (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    form uuid,
    name text COLLATE pg_catalog."C",
    template text COLLATE pg_catalog."C",
    provider text COLLATE pg_catalog."C",
    output text COLLATE pg_catalog."C",
    choices bytea,
    "on" bigint DEFAULT 0 NOT NULL,
    previewed text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.hook OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: idempotency; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.idempotency (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    key vow_01a228970f7072898be4f10e300dba2a.sealed,
    key_blind bytea,
    request vow_01a228970f7072898be4f10e300dba2a.sealed,
    status bigint DEFAULT 0 NOT NULL,
    type text COLLATE pg_catalog."C",
    etag text COLLATE pg_catalog."C",
    location text COLLATE pg_catalog."C",
    body vow_01a228970f7072898be4f10e300dba2a.sealed
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.idempotency OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: organisation; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.organisation (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C",
    zone text COLLATE pg_catalog."C",
    currency text COLLATE pg_catalog."C",
    week_start text COLLATE pg_catalog."C",
    overlap text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.organisation OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: outbox_task; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.outbox_task (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    kind text COLLATE pg_catalog."C",
    name text COLLATE pg_catalog."C",
    subscriber bigint DEFAULT 0 NOT NULL,
    receiver text COLLATE pg_catalog."C",
    object uuid,
    related uuid,
    happened_at bigint,
    due_at bigint,
    attempts bigint DEFAULT 0 NOT NULL,
    problem text COLLATE pg_catalog."C",
    holder uuid
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.outbox_task OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: person; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.person (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name vow_01a228970f7072898be4f10e300dba2a.sealed,
    name_blind bytea,
    email vow_01a228970f7072898be4f10e300dba2a.sealed,
    email_blind bytea,
    title vow_01a228970f7072898be4f10e300dba2a.sealed,
    team uuid,
    role vow_01a228970f7072898be4f10e300dba2a.sealed,
    role_blind bytea,
    zone vow_01a228970f7072898be4f10e300dba2a.sealed,
    active bigint DEFAULT 0 NOT NULL,
    joined_at bigint
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.person OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: person_rate; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.person_rate (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    person uuid,
    rate_minor bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.person_rate OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: project; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.project (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C",
    client uuid,
    colour text COLLATE pg_catalog."C",
    billable bigint DEFAULT 0 NOT NULL,
    rate_minor bigint,
    archived bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.project OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: project_task; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.project_task (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    project uuid,
    name text COLLATE pg_catalog."C",
    archived bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.project_task OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: schema_state; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.schema_state (
    fingerprint text NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.schema_state OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: suggestion; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.suggestion (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    hook uuid,
    form uuid,
    submission uuid,
    person uuid,
    value vow_01a228970f7072898be4f10e300dba2a.sealed,
    state text COLLATE pg_catalog."C",
    problem text COLLATE pg_catalog."C",
    decided_by uuid,
    receipt uuid,
    decided_at bigint,
    edited bigint DEFAULT 0 NOT NULL,
    left_out bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.suggestion OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: tag; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.tag (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.tag OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: team; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.team (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    name text COLLATE pg_catalog."C"
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.team OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: time_day; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.time_day (
    day bigint,
    person uuid,
    project uuid,
    duration_s bigint DEFAULT 0 NOT NULL,
    billable_s bigint DEFAULT 0 NOT NULL,
    unrated_s bigint DEFAULT 0 NOT NULL,
    amount_minor bigint DEFAULT 0 NOT NULL,
    entries bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.time_day OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: time_day_packed; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.time_day_packed (
    day bigint,
    person uuid,
    parts bytea
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.time_day_packed OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: time_entry; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.time_entry (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    person uuid,
    project uuid,
    task uuid,
    started_at bigint,
    ended_at bigint,
    duration_s bigint DEFAULT 0 NOT NULL,
    note vow_01a228970f7072898be4f10e300dba2a.sealed,
    billable bigint DEFAULT 0 NOT NULL,
    tags text COLLATE pg_catalog."C",
    source text COLLATE pg_catalog."C",
    running uuid,
    rate_minor bigint DEFAULT 0 NOT NULL,
    amount_minor bigint DEFAULT 0 NOT NULL,
    rated bigint DEFAULT 0 NOT NULL,
    zone text COLLATE pg_catalog."C",
    reaches bigint
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.time_entry OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: time_import; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.time_import (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    key vow_01a228970f7072898be4f10e300dba2a.sealed,
    key_blind bytea,
    entry uuid,
    person uuid
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.time_import OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: time_month; Type: TABLE; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE TABLE vow_01a228970f7072898be4f10e300dba2a.time_month (
    day bigint,
    project uuid,
    duration_s bigint DEFAULT 0 NOT NULL,
    billable_s bigint DEFAULT 0 NOT NULL,
    unrated_s bigint DEFAULT 0 NOT NULL,
    amount_minor bigint DEFAULT 0 NOT NULL,
    entries bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_01a228970f7072898be4f10e300dba2a.time_month OWNER TO vow_01a228970f7072898be4f10e300dba2a;

--
-- Name: account; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.account (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    email vow_control.sealed,
    email_blind bytea,
    password_hash vow_control.sealed,
    organisation uuid,
    person uuid,
    of_age_at bigint
);


ALTER TABLE vow_control.account OWNER TO vow_control;

--
-- Name: commit_mark; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.commit_mark (
    node uuid NOT NULL,
    number bigint NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE vow_control.commit_mark OWNER TO vow_control;

--
-- Name: invitation; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.invitation (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    token_hash vow_control.sealed,
    token_hash_blind bytea,
    organisation uuid,
    person uuid,
    expires_at bigint,
    by_owner bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_control.invitation OWNER TO vow_control;

--
-- Name: node; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.node (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    until bigint,
    forgets bigint DEFAULT 0 NOT NULL,
    settings bigint DEFAULT 0 NOT NULL
);


ALTER TABLE vow_control.node OWNER TO vow_control;

--
-- Name: promise_result; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.promise_result (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    promise text COLLATE pg_catalog."C",
    result text COLLATE pg_catalog."C",
    seen text COLLATE pg_catalog."C",
    checked_at bigint
);


ALTER TABLE vow_control.promise_result OWNER TO vow_control;

--
-- Name: public_link; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.public_link (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    link_hash vow_control.sealed,
    link_hash_blind bytea,
    organisation uuid,
    form uuid
);


ALTER TABLE vow_control.public_link OWNER TO vow_control;

--
-- Name: rate_limit; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.rate_limit (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    full_at bigint
);


ALTER TABLE vow_control.rate_limit OWNER TO vow_control;

--
-- Name: schedule; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.schedule (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    holder uuid,
    looked_at bigint
);


ALTER TABLE vow_control.schedule OWNER TO vow_control;

--
-- Name: schema_state; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.schema_state (
    fingerprint text NOT NULL
);


ALTER TABLE vow_control.schema_state OWNER TO vow_control;

--
-- Name: session; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.session (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    token_hash vow_control.sealed,
    token_hash_blind bytea,
    account uuid,
    organisation uuid,
    person uuid,
    expires_at bigint,
    seen_at bigint,
    agent vow_control.sealed
);


ALTER TABLE vow_control.session OWNER TO vow_control;

--
-- Name: tenant; Type: TABLE; Schema: vow_control; Owner: vow_control
--

CREATE TABLE vow_control.tenant (
    id uuid NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    created_at bigint,
    updated_at bigint,
    state text COLLATE pg_catalog."C",
    wrapped_key vow_control.sealed,
    deleted_at bigint,
    move uuid
);


ALTER TABLE vow_control.tenant OWNER TO vow_control;

--
-- Name: login; Type: TABLE; Schema: vow_platform; Owner: vow
--

CREATE TABLE vow_platform.login (
    organisation uuid NOT NULL,
    generation bigint NOT NULL,
    renewed_at timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE vow_platform.login OWNER TO vow;

--
-- Data for Name: ai_objection; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.ai_objection (id, version, created_at, updated_at, person, objected, blocked) FROM stdin;
01a22897-1ee6-7b91-bc40-ba51a44e8ec5	1	1795977322214185	1795977322214185	01a22897-1795-7f6a-82b6-b8134ce2e7c1	0	1
\.


--
-- Data for Name: ai_provider; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.ai_provider (id, version, created_at, updated_at, name, dialect, endpoint, model, api_key, region, local, agreement_until, no_training_until, zero_retention_until) FROM stdin;
01a22897-1d01-71a5-a38f-4f2272724425	1	1795977321729559	1795977321729559	House model	openai	http://127.0.0.1:35107/v1	model-1	\N	\N	1	766280	766280	766280
\.


--
-- Data for Name: ai_receipt; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.ai_receipt (id, version, created_at, updated_at, person, capability, provider, model, region, reason, columns, rows, bytes, prompt_tokens, completion_tokens, left_out, masked, commitment, policy) FROM stdin;
01a22897-1eb1-76c6-a929-e1d49458debb	1	1795977322161385	1795977322161385	01a22897-0f70-7c12-bd90-ef9fd974914e	feedback.me	local	statistics	\N	OK	\\x74696d655f656e7472792e737461727465645f61740074696d655f656e7472792e656e6465645f61740074696d655f656e7472792e6475726174696f6e5f730074696d655f656e7472792e6e6f74650074696d655f656e7472792e62696c6c61626c650074696d655f656e7472792e70726f6a6563740074696d655f656e7472792e736f757263650070726f6a6563742e6e616d6500	3	0	-1	-1	0	\\x	9572425b0ab310975477763c725a0d7b508b3139bb2b094926f866e71cf047ba	1
01a22897-1fae-7597-b95c-8733f1c68914	1	1795977322414707	1795977322414707	\N	hook	House model	model-1	\N	OK	\\x666f726d5f30316132323839373165656637616466383931333431333738666464663732652e6c6f6e675f7465787400	1	1104	-1	-1	0	\\x504552534f4e203100	c46b2d7df1677af18e9cec2b85725d963a90b3bc490681bdeca5fb66974ec2fc	1
01a22897-21bc-7e18-b144-b9fb13cc8be6	1	1795977322940728	1795977322940728	\N	hook	House model	model-1	\N	OK	\\x666f726d5f30316132323839373165656637616466383931333431333738666464663732652e6c6f6e675f7465787400	1	1104	-1	-1	0	\\x504552534f4e203100	54e01f66e530aeeaaa226dc36f3bfd9e9f6261a063cf0286de378baaa1f87e4e	1
\.


--
-- Data for Name: ai_settings; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.ai_settings (id, version, created_at, updated_at, "on", provider, per_minute) FROM stdin;
01a22897-0f70-7a63-a0e8-e7483588d274	2	1795977318256208	1795977321705527	1	\N	\N
\.


--
-- Data for Name: ai_switch; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.ai_switch (id, version, created_at, updated_at, capability, "on", roles) FROM stdin;
01a22897-1e6a-7bc0-87ae-d670310f013b	1	1795977322090800	1795977322090800	feedback.me	1	\\x6f776e65720061646d696e00
01a22897-1e9e-7d68-b899-b467a44cc24b	1	1795977322142616	1795977322142616	summary.report	1	\\x6f776e65720061646d696e00
01a22897-1ea9-723f-9ee4-93b7b8e891c4	1	1795977322153633	1795977322153633	hook	1	\\x6f776e65720061646d696e00
\.


--
-- Data for Name: audit_checkpoint; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint (id, version, created_at, updated_at, number, events, before, head, signature) FROM stdin;
01a22897-f8c3-79d3-96ce-fe4236bd401d	1	1795977377987863	1795977377987863	1	45		681fbc85d713e7e615a6a9236b821b89b40921b5733b8cbce7dcb8b3fc752e22	0f143af91147cf10cd29b27654737b86a69c1e03ad025884b404fac9370506859be439fd7aee8e498816027b35ad4c5623e34e8092eebd78bd0436c19f874c08
\.


--
-- Data for Name: audit_event; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.audit_event (id, version, created_at, updated_at, actor, actor_name, action, object, subject, detail, request_id, checkpoint) FROM stdin;
01a22897-0f70-7fb1-b39c-56c66ebe0d81	1	1795977318256208	1795977318256208	\N	sign-up	organisation.create	01a22897-0f70-7cd1-a2b8-a76e86e2ae45	\N	\N	01a22897-0f6f-79d9-8d1d-2bd1955e2cd6	1
01a22897-0f70-7974-a2b2-08c09f69961e	1	1795977318256208	1795977318256208	\N	sign-up	ai_settings.create	01a22897-0f70-7a63-a0e8-e7483588d274	\N	\N	01a22897-0f6f-79d9-8d1d-2bd1955e2cd6	1
01a22897-0f70-78ae-88ef-eadf9f3116c5	1	1795977318256208	1795977318256208	\N	sign-up	person.create	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-0f6f-79d9-8d1d-2bd1955e2cd6	1
01a22897-f961-772c-a35d-47733ab0d43b	1	1795977378145533	1795977378145533	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	organisation.export	\N	\N	\N	01a22897-f961-7193-8606-c05c99f8103d	\N
01a22897-1715-7092-bced-47e830dba9ca	1	1795977320213544	1795977320213544	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	team.create	01a22897-1715-7fdd-b82a-f3ae0369a7ef	\N	\N	01a22897-1715-72b8-9885-f284074f38fb	1
01a22897-1795-7d69-8a70-eb4ff85743a8	1	1795977320341566	1795977320341566	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	person.create	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\N	01a22897-1795-7824-99ff-682aea9c0d34	1
01a22897-195b-75f4-84c4-2f09fc80c452	1	1795977320795605	1795977320795605	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	person_rate.create	01a22897-195b-7e69-b0fb-845150b3276c	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-195b-7a78-b32c-2885ca023213	1
01a22897-19d3-7f7a-bbd0-1109542fb099	1	1795977320915005	1795977320915005	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	client.create	01a22897-19d3-7999-af0a-82aeed5eb4e0	\N	\N	01a22897-19d2-74df-aab9-f571eac450b6	1
01a22897-1a0a-7194-8aa8-e795b77488fe	1	1795977320970567	1795977320970567	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	project.create	01a22897-1a0a-73b5-9795-5ec246ef5397	\N	\N	01a22897-1a0a-7797-aa05-4610f410c011	1
01a22897-1a5d-7fd2-a143-217501550bb5	1	1795977321053890	1795977321053890	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	project_task.create	01a22897-1a5d-7385-8713-8f845d5cf253	\N	\N	01a22897-1a5d-7786-b32e-5431f304b7e2	1
01a22897-1aba-7915-8dfb-a00b6cc1c76f	1	1795977321146325	1795977321146325	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	tag.create	01a22897-1aba-744f-a650-c122534d1703	\N	\N	01a22897-1aba-7c3b-8eba-4559135f1816	1
01a22897-1ae2-726e-b2c2-056717f42421	1	1795977321186609	1795977321186609	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1ae2-7a38-abed-de08714004ed	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\N	01a22897-1ae2-7577-a126-e2f404ba91bc	1
01a22897-1bf1-7266-aefe-579c6baebbe1	1	1795977321457408	1795977321457408	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1bf1-7936-bc21-75cced8a0297	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-1bf1-76f5-aaa6-b5a28fa133fb	1
01a22897-1c15-7a19-858b-041658b1b36e	1	1795977321493852	1795977321493852	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1c15-7c64-b1e0-f38451b05e96	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\N	01a22897-1c15-736a-85ee-c6e2d19877f4	1
01a22897-1c29-7256-b5d8-5c0a00cfa817	1	1795977321513781	1795977321513781	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1c29-7a39-a1c3-57eee2391fef	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-1c29-7a1b-be11-6c0dc820b0a2	1
01a22897-1c47-7f9b-bc5d-f39cf504da92	1	1795977321543391	1795977321543391	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1c47-70ec-bf1d-e9057a2347d5	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\N	01a22897-1c47-73f6-a791-f15124bb1887	1
01a22897-1c5d-744d-b591-125994b25441	1	1795977321565830	1795977321565830	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	client.create	01a22897-1c5d-7417-b172-fb834b02f33d	\N	\N	01a22897-1c5d-7e0a-bff1-866b599cd2c0	1
01a22897-1c5d-7f53-bfed-c7e551696068	1	1795977321565830	1795977321565830	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	project.create	01a22897-1c5d-782c-90d8-bebc715660e0	\N	\N	01a22897-1c5d-7e0a-bff1-866b599cd2c0	1
01a22897-1c5d-7434-a78c-59d3885b5867	1	1795977321565830	1795977321565830	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.import	\N	01a22897-0f70-7c12-bd90-ef9fd974914e	source=toggl entries=1	01a22897-1c5d-7e0a-bff1-866b599cd2c0	1
01a22897-1cc1-7851-b51a-1e51ae758b14	1	1795977321665649	1795977321665649	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	time_entry.create	01a22897-1cc1-7fdb-b8cc-efbec0d9590c	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-1cc1-7021-95a3-87c6d9ce1374	1
01a22897-1ce9-7c7e-912a-a28cbf50a7d5	1	1795977321705527	1795977321705527	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_settings.update	01a22897-0f70-7a63-a0e8-e7483588d274	\N	on	01a22897-1ce9-759e-b5af-e40bc8960ecc	1
01a22897-1d01-781c-a379-6f6f15c348a9	1	1795977321729559	1795977321729559	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_provider.create	01a22897-1d01-71a5-a38f-4f2272724425	\N	\N	01a22897-1d01-78ee-8257-0cf09344c2c9	1
01a22897-1e6a-7d4f-ad27-903c518061de	1	1795977322090800	1795977322090800	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_switch.create	01a22897-1e6a-7bc0-87ae-d670310f013b	\N	\N	01a22897-1e6a-753d-a166-806fd06c7afa	1
01a22897-1e9e-7d63-8b53-7554a458d270	1	1795977322142616	1795977322142616	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_switch.create	01a22897-1e9e-7d68-b899-b467a44cc24b	\N	\N	01a22897-1e9e-75a9-b423-0302b05f754b	1
01a22897-1ea9-7c1f-b41f-5ac7975c9e20	1	1795977322153633	1795977322153633	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_switch.create	01a22897-1ea9-723f-9ee4-93b7b8e891c4	\N	\N	01a22897-1ea9-791a-b0b6-9479b5743330	1
01a22897-1ee6-7dd6-8782-447d09f8d648	1	1795977322214185	1795977322214185	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_objection.create	01a22897-1ee6-7b91-bc40-ba51a44e8ec5	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\N	01a22897-1ee6-7bc2-9777-e1564037c829	1
01a22897-1eef-75b8-8838-d5c92ea864c3	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form.create	01a22897-1eef-7adf-8913-41378fddf72e	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-719f-a54b-fce41cfe964a	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-79cf-9b1e-5c2a91b7c01b	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-73a9-aea8-430608131c46	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-7814-9597-8094239c8e37	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-7833-9b66-147373cb72a2	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-7f5d-8b3c-a6b7b934fd14	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-7056-a2f1-8ec3698f3c8f	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-7b00-83b8-7ef58a3579be	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-7401-8738-de932057f7b8	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-7c26-89a4-9f17d6e6d2a7	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-7a04-82b3-42eb33766c49	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-75a9-ba37-8d69d6d36b58	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1eef-7c5f-bcb0-fdaff8390df2	1	1795977322223193	1795977322223193	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_field.create	01a22897-1eef-7419-979e-f0278ebfb5ab	\N	\N	01a22897-1eef-7308-ab28-c1393201f0a1	1
01a22897-1f50-7e94-8ee7-e8bd32a8ed17	1	1795977322320552	1795977322320552	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	hook.create	01a22897-1f50-738c-a7b3-c1ca2eaff5ce	\N	\N	01a22897-1f50-7347-bcce-7046f5a774c7	1
01a22897-1f7e-797d-b2f6-259dce9ed7be	1	1795977322366740	1795977322366740	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	file.create	01a22897-1f7e-7c98-a8c0-80fa8874795a	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-1f7e-7ea5-8d61-15ca000b439d	1
01a22897-1f90-70a9-8e13-c9348dff0763	1	1795977322384455	1795977322384455	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_01a228971eef7adf891341378fddf72e.create	01a22897-1f90-7ca9-a794-44aff96b7fee	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-1f90-767e-aa1e-bf5c4732b5b7	1
01a22897-1eb1-794c-84c0-07deb88fe83b	1	1795977322161385	1795977322161385	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	ai_receipt.create	01a22897-1eb1-76c6-a929-e1d49458debb	01a22897-0f70-7c12-bd90-ef9fd974914e	OK	01a22897-1eb1-7a7a-a2f2-7910169b85b8	1
01a22897-1fac-74c9-abc0-15a008980c82	1	1795977322412949	1795977322412949	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	hook.update	01a22897-1f50-738c-a7b3-c1ca2eaff5ce	\N	previewed	01a22897-1fac-7d1b-a29d-c34094e7c5cc	1
01a22897-2074-7d51-bedf-9a01f07fba29	1	1795977322612482	1795977322612482	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	hook.update	01a22897-1f50-738c-a7b3-c1ca2eaff5ce	\N	on	01a22897-2074-7e54-ab59-9e98f917259a	1
01a22897-207c-7365-b884-5b5e61fe0436	1	1795977322620072	1795977322620072	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	form_01a228971eef7adf891341378fddf72e.create	01a22897-207c-70a8-b935-458be09722c3	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	01a22897-207c-77fb-be96-254759955eed	1
01a22897-1fae-7169-8457-96af1becaf23	1	1795977322414707	1795977322414707	\N	job	suggestion.create	01a22897-1fae-7849-959f-a9b56c9f0642	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	\N	1
01a22897-21bc-7821-8789-1b07ad2e1272	1	1795977322940728	1795977322940728	\N	job	suggestion.create	01a22897-21bc-7c5d-aa14-056017d7450e	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	\N	1
01a22897-1fae-76c4-9b2c-68e7ac02158f	1	1795977322414707	1795977322414707	\N	job	ai_receipt.create	01a22897-1fae-7597-b95c-8733f1c68914	\N	OK	\N	1
01a22897-21bc-7431-981a-8812b4748824	1	1795977322940728	1795977322940728	\N	job	ai_receipt.create	01a22897-21bc-7e18-b144-b9fb13cc8be6	\N	OK	\N	1
01a22897-2259-7ae2-9657-ca3e9363823c	1	1795977323097545	1795977323097545	01a22897-0f70-7c12-bd90-ef9fd974914e	\N	suggestion.update	01a22897-21bc-7c5d-aa14-056017d7450e	01a22897-0f70-7c12-bd90-ef9fd974914e	state decided_by decided_at	01a22897-2259-79c3-8291-4f109b9685b4	1
\.


--
-- Data for Name: client; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.client (id, version, created_at, updated_at, name, archived) FROM stdin;
01a22897-19d3-7999-af0a-82aeed5eb4e0	1	1795977320915005	1795977320915005	Orchard Bakery	0
01a22897-1c5d-7417-b172-fb834b02f33d	1	1795977321565830	1795977321565830	Harbour	0
\.


--
-- Data for Name: commit_mark; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.commit_mark (node, number, made_at) FROM stdin;
ae3917f7-4af4-3aca-25ee-43410025fd70	40	2026-11-29 18:36:18.370063+00
\.


--
-- Data for Name: file; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.file (id, version, created_at, updated_at, owner, name, type, bytes, content) FROM stdin;
01a22897-1f7e-7c98-a8c0-80fa8874795a	1	1795977322366740	1795977322366740	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x8aec56728da96583e21925152cc396fe9956a1b8e5ed2a9ef700e6f031bf257d0c78ec79705ee4ce34b991a0bfe7d636e23b42	image/png	10	\\x707799997e6b27f42b4fb5a16289e3fb93a5b8a392bd6289bf1b8c031c055591424517279acda49be0a7a523e17b6cf680ef
\.


--
-- Data for Name: form; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.form (id, version, created_at, updated_at, title, description, status, public, retention_days, link) FROM stdin;
01a22897-1eef-7adf-8913-41378fddf72e	1	1795977322223193	1795977322223193	Support	\N	open	1	0	f7efbb1defbd419dee17c62856ae34a4
\.


--
-- Data for Name: form_01a228971eef7adf891341378fddf72e; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e (id, version, created_at, updated_at, submitter, long_text, text, text_blind, number, choice, choice_blind, date, email, email_blind, file) FROM stdin;
01a22897-1f90-7ca9-a794-44aff96b7fee	1	1795977322384455	1795977322384455	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x1162b5b8c8f8366fa0e0de7640184efa8dcf224adbbb8d870c04516e2265108de34457d1bf94d1163e7274d45f55b58069a93a70f509b175101c69dec4bbf7ea50ad9f54972f89c37e6ab25a45c3978638b95c6271	\\x546f763cb3b58fb2533cdbca2ff5dd73a85ad920807e9b81aacac8e451255a92cbe060036ab7ba48aca9a5a6efda8f72cb	\\x03adc121957bd0653a26f52ed1838cb0	2.5	\\xb9f4494ea2fb960c6e63c3ae36c55d0361dcaa821215158f70dafa494450fc1563bfd90ec297b7b53e836d8d691c6c	\\x278c315745a67254604d1dbe87a96221	739680	\\xd60155ff5600819f8587f01cf05116e0d498451fcc8e62f4bfd7259bf93a0f28e5fe213963d31c6c8da661d64e4677b6a31f144bbf3b41527d3ca696	\\x7a834a285509f2cdc94c5d6c909cbfc5	01a22897-1f7e-7c98-a8c0-80fa8874795a
01a22897-207c-70a8-b935-458be09722c3	1	1795977322620072	1795977322620072	01a22897-0f70-7c12-bd90-ef9fd974914e	\\xa4b3e63f201509ba357cc1db1c8251462d5572c7e82fba497d5f83c9cb9f88533ba6e5bb731870a91cfad3849b17e67949f1e85e1d898fbd369c19a54666c331baa80d419cdbb37643c5e5119fda9889c548c7cc11	\\xb14d9fb9d198aefafcf1438687d3a1935465dade70598e81b5bfdec7bd545b51a5005a09be50f1461738f8949b0d910de0	\\x03adc121957bd0653a26f52ed1838cb0	2.5	\\xdbf4dcc6bf6fd01bc73168c1ec37b8b8a21a61afde667794bde6b11cff1cca4ebcb37c186c5da8fad450e417caf2ec	\\x278c315745a67254604d1dbe87a96221	739680	\\x76eb20512574627ae5c74aea0b573143c60584a3891511e44d8e52e0e643a714809a718672ab76bee76d08987064a853c4244d4ea07e0d7205be761f	\\x7a834a285509f2cdc94c5d6c909cbfc5	01a22897-1f7e-7c98-a8c0-80fa8874795a
\.


--
-- Data for Name: form_field; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.form_field (id, version, created_at, updated_at, form, "position", key, label, help, kind, privacy, required, ai, choices, max, hidden) FROM stdin;
01a22897-1eef-79cf-9b1e-5c2a91b7c01b	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	0	long_text	What happened?	\N	long_text	CONTENT	0	1	\\x	0	0
01a22897-1eef-7814-9597-8094239c8e37	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	1	text	In short	\N	text	OPERATIONAL	0	0	\\x	0	0
01a22897-1eef-7f5d-8b3c-a6b7b934fd14	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	2	number	How often?	\N	number	OPERATIONAL	0	0	\\x	0	0
01a22897-1eef-7b00-83b8-7ef58a3579be	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	3	choice	Where?	\N	choice	OPERATIONAL	0	0	\\x5765627369746500496e766f69636500	0	0
01a22897-1eef-7c26-89a4-9f17d6e6d2a7	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	4	date	Since when?	\N	date	PERSONAL	0	0	\\x	0	0
01a22897-1eef-75a9-ba37-8d69d6d36b58	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	5	email	Who are you?	\N	email	PERSONAL	0	0	\\x	0	0
01a22897-1eef-7419-979e-f0278ebfb5ab	1	1795977322223193	1795977322223193	01a22897-1eef-7adf-8913-41378fddf72e	6	file	A picture	\N	file	SENSITIVE	0	0	\\x	0	0
\.


--
-- Data for Name: hook; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.hook (id, version, created_at, updated_at, form, name, template, provider, output, choices, "on", previewed) FROM stdin;
01a22897-1f50-738c-a7b3-c1ca2eaff5ce	3	1795977322320552	1795977322612482	01a22897-1eef-7adf-8913-41378fddf72e	Urgency	How urgent is this? {{long_text}}	01a22897-1d01-71a5-a38f-4f2272724425	choice	\\x757267656e740063616e207761697400	1	76e004355331835a9a253a7e57acf87095196e23ad319f4063377e3b9325473f
\.


--
-- Data for Name: idempotency; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.idempotency (id, version, created_at, updated_at, key, key_blind, request, status, type, etag, location, body) FROM stdin;
\.


--
-- Data for Name: organisation; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.organisation (id, version, created_at, updated_at, name, zone, currency, week_start, overlap) FROM stdin;
01a22897-0f70-7cd1-a2b8-a76e86e2ae45	1	1795977318256208	1795977318256208	Sample	UTC	EUR	monday	allow
\.


--
-- Data for Name: outbox_task; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.outbox_task (id, version, created_at, updated_at, kind, name, subscriber, receiver, object, related, happened_at, due_at, attempts, problem, holder) FROM stdin;
\.


--
-- Data for Name: person; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.person (id, version, created_at, updated_at, name, name_blind, email, email_blind, title, team, role, role_blind, zone, active, joined_at) FROM stdin;
01a22897-0f70-7c12-bd90-ef9fd974914e	1	1795977318256208	1795977318256208	\\xb4d6780221df94ad783cc537edc7e634efb3d85320ebc057ab9772b040fc82aad916fc7bd1ae0490f5fc30bcab47ee3daf527257	\\x9d3cf9b515182a3868eeb049faf6971d	\\x357638aeb2fcc166c612d0cd1fdc81d8e2d9a2fb785c1f6d8bcd22b95d7eae8938f493df348350379b9e3277620d73555d22ccfa655d1ba8bb0d	\\xf6595848597a36a1b359b29a8c4f97c8	\N	\N	\\xbbf5c95853fa0c03ed4a9cb1258e557885d7ff226fc534ad0c88837bfd6276280001b8f73f2c8bf4e9a79afba6	\\x5de5d5ac2ef8012de75d0271b9986dbd	\N	1	1795977318256208
01a22897-1795-7f6a-82b6-b8134ce2e7c1	1	1795977320341566	1795977320341566	\\xed06f8cc0f9f91cf0a7e0e155327ed0a9790881a199be4413e8bf116c236b50657596fa88a1b3bdc41baef3f7e47090ce5	\\xfb3fa05de46c365ce0a93d8672f415f9	\\xd33adaf5408a51378d363817de85dde283fe05002f71c0b06f4fcf9aecd74ac0c9b5f1189d783f141edd055e639f80d9ac2d62f57a4ada9001	\\xe8b4f2fc6033b5ce81f9d6839f74c848	\N	01a22897-1715-7fdd-b82a-f3ae0369a7ef	\\x2cd3f48664956119858e6c33d32c83c2319ee83b15c4d19ca99e6a9806234ce6743f8266449659c35275be46	\\x22b3e50ba2dd551b76ad789fe08da955	\N	1	\N
\.


--
-- Data for Name: person_rate; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.person_rate (id, version, created_at, updated_at, person, rate_minor) FROM stdin;
01a22897-195b-7e69-b0fb-845150b3276c	1	1795977320795605	1795977320795605	01a22897-0f70-7c12-bd90-ef9fd974914e	9000
\.


--
-- Data for Name: project; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.project (id, version, created_at, updated_at, name, client, colour, billable, rate_minor, archived) FROM stdin;
01a22897-1a0a-73b5-9795-5ec246ef5397	1	1795977320970567	1795977320970567	Website	01a22897-19d3-7999-af0a-82aeed5eb4e0	#336699	1	9500	0
01a22897-1c5d-782c-90d8-bebc715660e0	1	1795977321565830	1795977321565830	Planner	01a22897-1c5d-7417-b172-fb834b02f33d	\N	1	\N	0
\.


--
-- Data for Name: project_task; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.project_task (id, version, created_at, updated_at, project, name, archived) FROM stdin;
01a22897-1a5d-7385-8713-8f845d5cf253	1	1795977321053890	1795977321053890	01a22897-1a0a-73b5-9795-5ec246ef5397	Home page	0
\.


--
-- Data for Name: schema_state; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.schema_state (fingerprint) FROM stdin;
b30aa31294364298
\.


--
-- Data for Name: suggestion; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.suggestion (id, version, created_at, updated_at, hook, form, submission, person, value, state, problem, decided_by, receipt, decided_at, edited, left_out) FROM stdin;
01a22897-1fae-7849-959f-a9b56c9f0642	1	1795977322414707	1795977322414707	01a22897-1f50-738c-a7b3-c1ca2eaff5ce	01a22897-1eef-7adf-8913-41378fddf72e	01a22897-1f90-7ca9-a794-44aff96b7fee	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x7af3b587d0763ecfb3649dd9ebca652c359f99b58a380104e9d95011c08177ba280817dada8d8c8ba679be42c8c7	proposed	\N	\N	01a22897-1fae-7597-b95c-8733f1c68914	\N	0	0
01a22897-21bc-7c5d-aa14-056017d7450e	2	1795977322940728	1795977323097545	01a22897-1f50-738c-a7b3-c1ca2eaff5ce	01a22897-1eef-7adf-8913-41378fddf72e	01a22897-207c-70a8-b935-458be09722c3	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x126a78e9286b1c8a99393d691dd75c5cf0ceff7ea136de8e3857efbf9cdef4a7b07827a910772e3f8388f7718ded	accepted	\N	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-21bc-7e18-b144-b9fb13cc8be6	1795977323097545	0	0
\.


--
-- Data for Name: tag; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.tag (id, version, created_at, updated_at, name) FROM stdin;
01a22897-1aba-744f-a650-c122534d1703	1	1795977321146325	1795977321146325	meeting
\.


--
-- Data for Name: team; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.team (id, version, created_at, updated_at, name) FROM stdin;
01a22897-1715-7fdd-b82a-f3ae0369a7ef	1	1795977320213544	1795977320213544	Design
\.


--
-- Data for Name: time_day; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.time_day (day, person, project, duration_s, billable_s, unrated_s, amount_minor, entries) FROM stdin;
739677	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	12600	12600	0	33250	1
739678	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1a0a-73b5-9795-5ec246ef5397	12600	12600	0	33250	1
739679	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	12600	12600	0	33250	1
739680	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1a0a-73b5-9795-5ec246ef5397	12600	12600	0	33250	1
739681	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	12600	12600	0	33250	1
739684	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1c5d-782c-90d8-bebc715660e0	4500	4500	0	11250	1
\.


--
-- Data for Name: time_day_packed; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.time_day_packed (day, person, parts) FROM stdin;
739677	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\\x0101a228971a0a73b597955ec246ef539701a228971aba744fa650c122534d1703383100000000000038310000000000000000000000000000e2810000000000000100000000000000
739678	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x0101a228971a0a73b597955ec246ef539701a228971aba744fa650c122534d1703383100000000000038310000000000000000000000000000e2810000000000000100000000000000
739679	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\\x0101a228971a0a73b597955ec246ef539701a228971aba744fa650c122534d1703383100000000000038310000000000000000000000000000e2810000000000000100000000000000
739680	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x0101a228971a0a73b597955ec246ef539701a228971aba744fa650c122534d1703383100000000000038310000000000000000000000000000e2810000000000000100000000000000
739681	01a22897-1795-7f6a-82b6-b8134ce2e7c1	\\x0101a228971a0a73b597955ec246ef539701a228971aba744fa650c122534d1703383100000000000038310000000000000000000000000000e2810000000000000100000000000000
739684	01a22897-0f70-7c12-bd90-ef9fd974914e	\\x0001a228971c5d782c90d8bebc715660e0941100000000000094110000000000000000000000000000f22b0000000000000100000000000000
\.


--
-- Data for Name: time_entry; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.time_entry (id, version, created_at, updated_at, person, project, task, started_at, ended_at, duration_s, note, billable, tags, source, running, rate_minor, amount_minor, rated, zone, reaches) FROM stdin;
01a22897-1ae2-7a38-abed-de08714004ed	1	1795977321186609	1795977321186609	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	01a22897-1a5d-7385-8713-8f845d5cf253	1772438400000000	1772451000000000	12600	\\x8eba7278a236517cb3ec31ef091c066a853d62efe72e0b049b096868839a3de1edf9b61914eab1adc475a65bb83eb08164f25414f5e8904cd3ad89673dbd10ec	1	["01a22897-1aba-744f-a650-c122534d1703"]	manual	\N	9500	33250	1	UTC	\N
01a22897-1bf1-7936-bc21-75cced8a0297	1	1795977321457408	1795977321457408	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1a0a-73b5-9795-5ec246ef5397	01a22897-1a5d-7385-8713-8f845d5cf253	1772524800000000	1772537400000000	12600	\\x90f45eab4042491510f03421a73680e0c53b7992d312d12ad50e554e84dd57476a2bf63dceba7b49c1cc2cf399f804b3291b6c52b9fbaed30a1fa85014c4eae2	1	["01a22897-1aba-744f-a650-c122534d1703"]	manual	\N	9500	33250	1	UTC	\N
01a22897-1c15-7c64-b1e0-f38451b05e96	1	1795977321493852	1795977321493852	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	01a22897-1a5d-7385-8713-8f845d5cf253	1772611200000000	1772623800000000	12600	\\x74be1d4bf9ed872f64a476b257b762cdbe7abb191f1f3ee052b3929bc9049614b2643816523061b5a53a9e64521a679e2053701271959266d54743084c1fb2d2	1	["01a22897-1aba-744f-a650-c122534d1703"]	manual	\N	9500	33250	1	UTC	\N
01a22897-1c29-7a39-a1c3-57eee2391fef	1	1795977321513781	1795977321513781	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1a0a-73b5-9795-5ec246ef5397	01a22897-1a5d-7385-8713-8f845d5cf253	1772697600000000	1772710200000000	12600	\\xb148c2eecc0ceccd70a3440f1fd0190e62a3d2a3217bc2fb8da27fd93e73fd692d98077b830a3059d6ce1396a4f9c5130c1e7ab4d31fa68fb3410f1d24eee8d6	1	["01a22897-1aba-744f-a650-c122534d1703"]	manual	\N	9500	33250	1	UTC	\N
01a22897-1c47-70ec-bf1d-e9057a2347d5	1	1795977321543391	1795977321543391	01a22897-1795-7f6a-82b6-b8134ce2e7c1	01a22897-1a0a-73b5-9795-5ec246ef5397	01a22897-1a5d-7385-8713-8f845d5cf253	1772784000000000	1772796600000000	12600	\\xfcd3d0e44a2e587a19383cfb12059767f832f3b451791f81c8fb3d293772355bcb7db4c8fdc5bb3c5f7e961400cce69d9f8d1f8cbd8de93b70210ac022602231	1	["01a22897-1aba-744f-a650-c122534d1703"]	manual	\N	9500	33250	1	UTC	\N
01a22897-1c5d-7ea3-b3fc-22dfcd42bc7f	1	1795977321565830	1795977321565830	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1c5d-782c-90d8-bebc715660e0	\N	1773043200000000	1773047700000000	4500	\\x638dc0e0c8672dbd8fdb899599b6c6544c495ff85f02f4172b76318a95f4d16838f61dd4ebccb97156e1b1f03678ec5599a28e	1	\N	toggl	\N	9000	11250	1	UTC	\N
01a22897-1cc1-7fdb-b8cc-efbec0d9590c	1	1795977321665649	1795977321665649	01a22897-0f70-7c12-bd90-ef9fd974914e	01a22897-1a0a-73b5-9795-5ec246ef5397	\N	1795977321000000	\N	0	\\x686fed8b39fa51295f845a2ed2254801be2cd9489b431c3f80b6ef8ee6f7b22b214f334532ab89219934250f42cac0d26c5a4e906b	1	\N	timer	01a22897-0f70-7c12-bd90-ef9fd974914e	9500	0	1	UTC	7258118400000000
\.


--
-- Data for Name: time_import; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.time_import (id, version, created_at, updated_at, key, key_blind, entry, person) FROM stdin;
01a22897-1c5d-72b8-bc75-4dbd76535a6a	1	1795977321565830	1795977321565830	\\xfc55a54d1d9c874531360985f0869f78b6a4425670e8db3ce2a050f62a556b39aeca6833cee52bc66f2658852fba4ba96f98ac507fe1e0aa6c17b38f739df6627ba9bb38d6751d3b	\\xd5d6bcb3df6a2f813a84dc41403dc6f7	01a22897-1c5d-7ea3-b3fc-22dfcd42bc7f	01a22897-0f70-7c12-bd90-ef9fd974914e
\.


--
-- Data for Name: time_month; Type: TABLE DATA; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

COPY vow_01a228970f7072898be4f10e300dba2a.time_month (day, project, duration_s, billable_s, unrated_s, amount_minor, entries) FROM stdin;
739676	01a22897-1a0a-73b5-9795-5ec246ef5397	63000	63000	0	166250	5
739676	01a22897-1c5d-782c-90d8-bebc715660e0	4500	4500	0	11250	1
\.


--
-- Data for Name: account; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.account (id, version, created_at, updated_at, email, email_blind, password_hash, organisation, person, of_age_at) FROM stdin;
01a22897-0f70-7bf4-be11-be32a5e88437	1	1795977318256208	1795977318256208	\\xa21e38c2b6a1a16024ef9eccd0d121e121a4f5a0b2229f177b787f5dbe76d5d38d24b54879f014495b97b26c54e36c78382aec7db533e8495db3	\\x580361cd1a2ac4fc9e6295c07888c2c9	\\xc5a1abccdfc9943e14bc06b8090a5efcb7f7904704cca90c0f1f31e6f593ecf3cf255add4474e7b4d4da8463bfd94fcc43456a08d06651e592da9ab5d372136fe303edc47aef126c1a22b84a306ab5779565ae956151a5b3ae133b941f2bc2437a07e3ba	01a22897-0f70-7289-8be4-f10e300dba2a	01a22897-0f70-7c12-bd90-ef9fd974914e	1795977318256208
\.


--
-- Data for Name: commit_mark; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.commit_mark (node, number, made_at) FROM stdin;
ae3917f7-4af4-3aca-25ee-43410025fd70	38	2026-11-29 18:36:18.491292+00
\.


--
-- Data for Name: invitation; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.invitation (id, version, created_at, updated_at, token_hash, token_hash_blind, organisation, person, expires_at, by_owner) FROM stdin;
\.


--
-- Data for Name: node; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.node (id, version, created_at, updated_at, until, forgets, settings) FROM stdin;
01a22897-0964-7c08-8318-0ef74d485527	1	1795977316708684	1795977377985428	1795977378497852	3	7
\.


--
-- Data for Name: promise_result; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.promise_result (id, version, created_at, updated_at, promise, result, seen, checked_at) FROM stdin;
\.


--
-- Data for Name: public_link; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.public_link (id, version, created_at, updated_at, link_hash, link_hash_blind, organisation, form) FROM stdin;
01a22897-1eef-745c-aa55-91041c3d543f	1	1795977322223193	1795977322223193	\\x272286e1dc22d7226f9618fbe44af67bf613e5f3f35bb38e9786472003e8dc98e3bea8a67882791fe7c73523ebbf3e58588fa8df545bdf156faf6b5760e2f38bfd80328181fd5d9d	\\xcd87e013d676102f1c5d86c0a95b2a25	01a22897-0f70-7289-8be4-f10e300dba2a	01a22897-1eef-7adf-8913-41378fddf72e
\.


--
-- Data for Name: rate_limit; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.rate_limit (id, version, created_at, updated_at, full_at) FROM stdin;
\.


--
-- Data for Name: schedule; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.schedule (id, version, created_at, updated_at, holder, looked_at) FROM stdin;
01a22897-f88e-751a-b82a-ee65705aea8e	1	1795977377934893	1795977377934893	01a22897-0964-7c08-8318-0ef74d485527	1795977377934893
\.


--
-- Data for Name: schema_state; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.schema_state (fingerprint) FROM stdin;
d68a4c86d39605c8
\.


--
-- Data for Name: session; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.session (id, version, created_at, updated_at, token_hash, token_hash_blind, account, organisation, person, expires_at, seen_at, agent) FROM stdin;
01a22897-0f70-711b-b4cf-0bbfcf5d4228	1	1795977318256208	1795977318256208	\\x355459469afd79b01bbba1fd6075c27f54cbab4d146c66f2a8ddfece65774a5cc58f12d6542609154a647881b4b79b08e4ed95c6a525352b9d9d928200d371f4e664f53fe603bd1b	\\x31b5cb50bb3249604776135e5e451105	01a22897-0f70-7bf4-be11-be32a5e88437	01a22897-0f70-7289-8be4-f10e300dba2a	01a22897-0f70-7c12-bd90-ef9fd974914e	1798569318256208	1795977318256208	\\xcf842a37dfffc2edb39ed6fbfd8e787eefe9f377afce409247a500c564923ff8267477f0c5e896f3cc8fee76
\.


--
-- Data for Name: tenant; Type: TABLE DATA; Schema: vow_control; Owner: vow_control
--

COPY vow_control.tenant (id, version, created_at, updated_at, state, wrapped_key, deleted_at, move) FROM stdin;
01a22897-0f70-7289-8be4-f10e300dba2a	2	1795977318256208	1795977318256208	active	\\x9fe38d862b91eaf6fa38cab86b5f08db06caa2f6221512c3bf9e6e866519e5f5981adefdad1209b0c1357e1f1088f5b1e57a35776fa5d3889159fdf9ea498e602d607ee2b85a4b1d92bac50ba1065eea	\N	\N
\.


--
-- Data for Name: login; Type: TABLE DATA; Schema: vow_platform; Owner: vow
--

COPY vow_platform.login (organisation, generation, renewed_at) FROM stdin;
00000000-0000-0000-0000-000000000000	1	2026-11-29 18:35:16.102264+00
01a22897-0f70-7289-8be4-f10e300dba2a	1	2026-11-29 18:35:18.874344+00
\.


--
-- Name: ai_objection ai_objection_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.ai_objection
    ADD CONSTRAINT ai_objection_pkey PRIMARY KEY (id);


--
-- Name: ai_provider ai_provider_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.ai_provider
    ADD CONSTRAINT ai_provider_pkey PRIMARY KEY (id);


--
-- Name: ai_receipt ai_receipt_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.ai_receipt
    ADD CONSTRAINT ai_receipt_pkey PRIMARY KEY (id);


--
-- Name: ai_settings ai_settings_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.ai_settings
    ADD CONSTRAINT ai_settings_pkey PRIMARY KEY (id);


--
-- Name: ai_switch ai_switch_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.ai_switch
    ADD CONSTRAINT ai_switch_pkey PRIMARY KEY (id);


--
-- Name: audit_checkpoint audit_checkpoint_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint
    ADD CONSTRAINT audit_checkpoint_pkey PRIMARY KEY (id);


--
-- Name: audit_event audit_event_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.audit_event
    ADD CONSTRAINT audit_event_pkey PRIMARY KEY (id);


--
-- Name: client client_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (id);


--
-- Name: commit_mark commit_mark_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.commit_mark
    ADD CONSTRAINT commit_mark_pkey PRIMARY KEY (node);


--
-- Name: file file_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (id);


--
-- Name: form_01a228971eef7adf891341378fddf72e form_01a228971eef7adf891341378fddf72e_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e
    ADD CONSTRAINT form_01a228971eef7adf891341378fddf72e_pkey PRIMARY KEY (id);


--
-- Name: form_field form_field_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.form_field
    ADD CONSTRAINT form_field_pkey PRIMARY KEY (id);


--
-- Name: form form_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.form
    ADD CONSTRAINT form_pkey PRIMARY KEY (id);


--
-- Name: hook hook_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.hook
    ADD CONSTRAINT hook_pkey PRIMARY KEY (id);


--
-- Name: idempotency idempotency_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.idempotency
    ADD CONSTRAINT idempotency_pkey PRIMARY KEY (id);


--
-- Name: organisation organisation_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);


--
-- Name: outbox_task outbox_task_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.outbox_task
    ADD CONSTRAINT outbox_task_pkey PRIMARY KEY (id);


--
-- Name: person person_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (id);


--
-- Name: person_rate person_rate_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.person_rate
    ADD CONSTRAINT person_rate_pkey PRIMARY KEY (id);


--
-- Name: project project_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.project
    ADD CONSTRAINT project_pkey PRIMARY KEY (id);


--
-- Name: project_task project_task_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.project_task
    ADD CONSTRAINT project_task_pkey PRIMARY KEY (id);


--
-- Name: suggestion suggestion_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.suggestion
    ADD CONSTRAINT suggestion_pkey PRIMARY KEY (id);


--
-- Name: tag tag_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.tag
    ADD CONSTRAINT tag_pkey PRIMARY KEY (id);


--
-- Name: team team_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.team
    ADD CONSTRAINT team_pkey PRIMARY KEY (id);


--
-- Name: time_entry time_entry_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.time_entry
    ADD CONSTRAINT time_entry_pkey PRIMARY KEY (id);


--
-- Name: time_import time_import_pkey; Type: CONSTRAINT; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

ALTER TABLE ONLY vow_01a228970f7072898be4f10e300dba2a.time_import
    ADD CONSTRAINT time_import_pkey PRIMARY KEY (id);


--
-- Name: account account_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);


--
-- Name: commit_mark commit_mark_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.commit_mark
    ADD CONSTRAINT commit_mark_pkey PRIMARY KEY (node);


--
-- Name: invitation invitation_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.invitation
    ADD CONSTRAINT invitation_pkey PRIMARY KEY (id);


--
-- Name: node node_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id);


--
-- Name: promise_result promise_result_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.promise_result
    ADD CONSTRAINT promise_result_pkey PRIMARY KEY (id);


--
-- Name: public_link public_link_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.public_link
    ADD CONSTRAINT public_link_pkey PRIMARY KEY (id);


--
-- Name: rate_limit rate_limit_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.rate_limit
    ADD CONSTRAINT rate_limit_pkey PRIMARY KEY (id);


--
-- Name: schedule schedule_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.schedule
    ADD CONSTRAINT schedule_pkey PRIMARY KEY (id);


--
-- Name: session session_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);


--
-- Name: tenant tenant_pkey; Type: CONSTRAINT; Schema: vow_control; Owner: vow_control
--

ALTER TABLE ONLY vow_control.tenant
    ADD CONSTRAINT tenant_pkey PRIMARY KEY (id);


--
-- Name: login login_pkey; Type: CONSTRAINT; Schema: vow_platform; Owner: vow
--

ALTER TABLE ONLY vow_platform.login
    ADD CONSTRAINT login_pkey PRIMARY KEY (organisation);


--
-- Name: ai_objection__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_objection__created_at ON vow_01a228970f7072898be4f10e300dba2a.ai_objection USING btree (created_at NULLS FIRST);


--
-- Name: ai_objection__person__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX ai_objection__person__u ON vow_01a228970f7072898be4f10e300dba2a.ai_objection USING btree (person NULLS FIRST);


--
-- Name: ai_provider__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_provider__created_at ON vow_01a228970f7072898be4f10e300dba2a.ai_provider USING btree (created_at NULLS FIRST);


--
-- Name: ai_provider__name; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_provider__name ON vow_01a228970f7072898be4f10e300dba2a.ai_provider USING btree (name NULLS FIRST);


--
-- Name: ai_receipt__capability; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_receipt__capability ON vow_01a228970f7072898be4f10e300dba2a.ai_receipt USING btree (capability NULLS FIRST);


--
-- Name: ai_receipt__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_receipt__created_at ON vow_01a228970f7072898be4f10e300dba2a.ai_receipt USING btree (created_at NULLS FIRST);


--
-- Name: ai_receipt__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_receipt__person ON vow_01a228970f7072898be4f10e300dba2a.ai_receipt USING btree (person NULLS FIRST);


--
-- Name: ai_receipt__reason; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_receipt__reason ON vow_01a228970f7072898be4f10e300dba2a.ai_receipt USING btree (reason NULLS FIRST);


--
-- Name: ai_settings__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_settings__created_at ON vow_01a228970f7072898be4f10e300dba2a.ai_settings USING btree (created_at NULLS FIRST);


--
-- Name: ai_settings__provider; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_settings__provider ON vow_01a228970f7072898be4f10e300dba2a.ai_settings USING btree (provider NULLS FIRST);


--
-- Name: ai_switch__capability__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX ai_switch__capability__u ON vow_01a228970f7072898be4f10e300dba2a.ai_switch USING btree (capability NULLS FIRST);


--
-- Name: ai_switch__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX ai_switch__created_at ON vow_01a228970f7072898be4f10e300dba2a.ai_switch USING btree (created_at NULLS FIRST);


--
-- Name: audit_checkpoint__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_checkpoint__created_at ON vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint USING btree (created_at NULLS FIRST);


--
-- Name: audit_checkpoint__number__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX audit_checkpoint__number__u ON vow_01a228970f7072898be4f10e300dba2a.audit_checkpoint USING btree (number NULLS FIRST);


--
-- Name: audit_event__action; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_event__action ON vow_01a228970f7072898be4f10e300dba2a.audit_event USING btree (action NULLS FIRST);


--
-- Name: audit_event__actor; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_event__actor ON vow_01a228970f7072898be4f10e300dba2a.audit_event USING btree (actor NULLS FIRST);


--
-- Name: audit_event__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_event__created_at ON vow_01a228970f7072898be4f10e300dba2a.audit_event USING btree (created_at NULLS FIRST);


--
-- Name: audit_event__object; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_event__object ON vow_01a228970f7072898be4f10e300dba2a.audit_event USING btree (object NULLS FIRST);


--
-- Name: audit_event__subject; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX audit_event__subject ON vow_01a228970f7072898be4f10e300dba2a.audit_event USING btree (subject NULLS FIRST);


--
-- Name: client__archived; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX client__archived ON vow_01a228970f7072898be4f10e300dba2a.client USING btree (archived NULLS FIRST);


--
-- Name: client__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX client__created_at ON vow_01a228970f7072898be4f10e300dba2a.client USING btree (created_at NULLS FIRST);


--
-- Name: client__name__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX client__name__u ON vow_01a228970f7072898be4f10e300dba2a.client USING btree (name NULLS FIRST);


--
-- Name: file__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX file__created_at ON vow_01a228970f7072898be4f10e300dba2a.file USING btree (created_at NULLS FIRST);


--
-- Name: file__owner; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX file__owner ON vow_01a228970f7072898be4f10e300dba2a.file USING btree (owner NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__choice; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__choice ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (choice_blind NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__created_at ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (created_at NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__date; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__date ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (date NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__email; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__email ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (email_blind NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__file; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__file ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (file NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__number; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__number ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (number NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__submitter; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__submitter ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (submitter NULLS FIRST);


--
-- Name: form_01a228971eef7adf891341378fddf72e__text; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_01a228971eef7adf891341378fddf72e__text ON vow_01a228970f7072898be4f10e300dba2a.form_01a228971eef7adf891341378fddf72e USING btree (text_blind NULLS FIRST);


--
-- Name: form__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form__created_at ON vow_01a228970f7072898be4f10e300dba2a.form USING btree (created_at NULLS FIRST);


--
-- Name: form__link__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX form__link__u ON vow_01a228970f7072898be4f10e300dba2a.form USING btree (link NULLS FIRST);


--
-- Name: form__status; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form__status ON vow_01a228970f7072898be4f10e300dba2a.form USING btree (status NULLS FIRST);


--
-- Name: form__title; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form__title ON vow_01a228970f7072898be4f10e300dba2a.form USING btree (title NULLS FIRST);


--
-- Name: form_field__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_field__created_at ON vow_01a228970f7072898be4f10e300dba2a.form_field USING btree (created_at NULLS FIRST);


--
-- Name: form_field__form; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX form_field__form ON vow_01a228970f7072898be4f10e300dba2a.form_field USING btree (form NULLS FIRST);


--
-- Name: form_field__form__key__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX form_field__form__key__u ON vow_01a228970f7072898be4f10e300dba2a.form_field USING btree (form NULLS FIRST, key NULLS FIRST);


--
-- Name: hook__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX hook__created_at ON vow_01a228970f7072898be4f10e300dba2a.hook USING btree (created_at NULLS FIRST);


--
-- Name: hook__form; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX hook__form ON vow_01a228970f7072898be4f10e300dba2a.hook USING btree (form NULLS FIRST);


--
-- Name: hook__name; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX hook__name ON vow_01a228970f7072898be4f10e300dba2a.hook USING btree (name NULLS FIRST);


--
-- Name: idempotency__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX idempotency__created_at ON vow_01a228970f7072898be4f10e300dba2a.idempotency USING btree (created_at NULLS FIRST);


--
-- Name: idempotency__key__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX idempotency__key__u ON vow_01a228970f7072898be4f10e300dba2a.idempotency USING btree (key_blind NULLS FIRST);


--
-- Name: organisation__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX organisation__created_at ON vow_01a228970f7072898be4f10e300dba2a.organisation USING btree (created_at NULLS FIRST);


--
-- Name: outbox_task__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX outbox_task__created_at ON vow_01a228970f7072898be4f10e300dba2a.outbox_task USING btree (created_at NULLS FIRST);


--
-- Name: outbox_task__due_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX outbox_task__due_at ON vow_01a228970f7072898be4f10e300dba2a.outbox_task USING btree (due_at NULLS FIRST);


--
-- Name: outbox_task__holder__due_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX outbox_task__holder__due_at ON vow_01a228970f7072898be4f10e300dba2a.outbox_task USING btree (holder NULLS FIRST, due_at NULLS FIRST);


--
-- Name: person__active; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__active ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (active NULLS FIRST);


--
-- Name: person__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__created_at ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (created_at NULLS FIRST);


--
-- Name: person__email__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX person__email__u ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (email_blind NULLS FIRST);


--
-- Name: person__id; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__id ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (id NULLS FIRST);


--
-- Name: person__name; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__name ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (name_blind NULLS FIRST);


--
-- Name: person__role; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__role ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (role_blind NULLS FIRST);


--
-- Name: person__team; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person__team ON vow_01a228970f7072898be4f10e300dba2a.person USING btree (team NULLS FIRST);


--
-- Name: person_rate__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX person_rate__created_at ON vow_01a228970f7072898be4f10e300dba2a.person_rate USING btree (created_at NULLS FIRST);


--
-- Name: person_rate__person__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX person_rate__person__u ON vow_01a228970f7072898be4f10e300dba2a.person_rate USING btree (person NULLS FIRST);


--
-- Name: project__archived; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project__archived ON vow_01a228970f7072898be4f10e300dba2a.project USING btree (archived NULLS FIRST);


--
-- Name: project__billable; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project__billable ON vow_01a228970f7072898be4f10e300dba2a.project USING btree (billable NULLS FIRST);


--
-- Name: project__client; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project__client ON vow_01a228970f7072898be4f10e300dba2a.project USING btree (client NULLS FIRST);


--
-- Name: project__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project__created_at ON vow_01a228970f7072898be4f10e300dba2a.project USING btree (created_at NULLS FIRST);


--
-- Name: project__name; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project__name ON vow_01a228970f7072898be4f10e300dba2a.project USING btree (name NULLS FIRST);


--
-- Name: project_task__archived; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project_task__archived ON vow_01a228970f7072898be4f10e300dba2a.project_task USING btree (archived NULLS FIRST);


--
-- Name: project_task__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project_task__created_at ON vow_01a228970f7072898be4f10e300dba2a.project_task USING btree (created_at NULLS FIRST);


--
-- Name: project_task__name; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project_task__name ON vow_01a228970f7072898be4f10e300dba2a.project_task USING btree (name NULLS FIRST);


--
-- Name: project_task__project; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX project_task__project ON vow_01a228970f7072898be4f10e300dba2a.project_task USING btree (project NULLS FIRST);


--
-- Name: project_task__project__name__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX project_task__project__name__u ON vow_01a228970f7072898be4f10e300dba2a.project_task USING btree (project NULLS FIRST, name NULLS FIRST);


--
-- Name: suggestion__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__created_at ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (created_at NULLS FIRST);


--
-- Name: suggestion__decided_by; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__decided_by ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (decided_by NULLS FIRST);


--
-- Name: suggestion__form; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__form ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (form NULLS FIRST);


--
-- Name: suggestion__hook; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__hook ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (hook NULLS FIRST);


--
-- Name: suggestion__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__person ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (person NULLS FIRST);


--
-- Name: suggestion__state; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__state ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (state NULLS FIRST);


--
-- Name: suggestion__submission; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX suggestion__submission ON vow_01a228970f7072898be4f10e300dba2a.suggestion USING btree (submission NULLS FIRST);


--
-- Name: tag__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX tag__created_at ON vow_01a228970f7072898be4f10e300dba2a.tag USING btree (created_at NULLS FIRST);


--
-- Name: tag__name__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX tag__name__u ON vow_01a228970f7072898be4f10e300dba2a.tag USING btree (name NULLS FIRST);


--
-- Name: team__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX team__created_at ON vow_01a228970f7072898be4f10e300dba2a.team USING btree (created_at NULLS FIRST);


--
-- Name: team__name__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX team__name__u ON vow_01a228970f7072898be4f10e300dba2a.team USING btree (name NULLS FIRST);


--
-- Name: time_day__day__person__project__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX time_day__day__person__project__u ON vow_01a228970f7072898be4f10e300dba2a.time_day USING btree (day NULLS FIRST, person NULLS FIRST, project NULLS FIRST);


--
-- Name: time_day__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_day__person ON vow_01a228970f7072898be4f10e300dba2a.time_day USING btree (person NULLS FIRST);


--
-- Name: time_day_packed__day__person__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX time_day_packed__day__person__u ON vow_01a228970f7072898be4f10e300dba2a.time_day_packed USING btree (day NULLS FIRST, person NULLS FIRST);


--
-- Name: time_day_packed__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_day_packed__person ON vow_01a228970f7072898be4f10e300dba2a.time_day_packed USING btree (person NULLS FIRST);


--
-- Name: time_entry__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__created_at ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (created_at NULLS FIRST);


--
-- Name: time_entry__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__person ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (person NULLS FIRST);


--
-- Name: time_entry__person__started_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__person__started_at ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (person NULLS FIRST, started_at NULLS FIRST);


--
-- Name: time_entry__project; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__project ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (project NULLS FIRST);


--
-- Name: time_entry__reaches; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__reaches ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (reaches NULLS FIRST);


--
-- Name: time_entry__running__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX time_entry__running__u ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (running NULLS FIRST);


--
-- Name: time_entry__started_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__started_at ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (started_at NULLS FIRST);


--
-- Name: time_entry__task; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_entry__task ON vow_01a228970f7072898be4f10e300dba2a.time_entry USING btree (task NULLS FIRST);


--
-- Name: time_import__created_at; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_import__created_at ON vow_01a228970f7072898be4f10e300dba2a.time_import USING btree (created_at NULLS FIRST);


--
-- Name: time_import__entry; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_import__entry ON vow_01a228970f7072898be4f10e300dba2a.time_import USING btree (entry NULLS FIRST);


--
-- Name: time_import__key__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX time_import__key__u ON vow_01a228970f7072898be4f10e300dba2a.time_import USING btree (key_blind NULLS FIRST);


--
-- Name: time_import__person; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE INDEX time_import__person ON vow_01a228970f7072898be4f10e300dba2a.time_import USING btree (person NULLS FIRST);


--
-- Name: time_month__day__project__u; Type: INDEX; Schema: vow_01a228970f7072898be4f10e300dba2a; Owner: vow_01a228970f7072898be4f10e300dba2a
--

CREATE UNIQUE INDEX time_month__day__project__u ON vow_01a228970f7072898be4f10e300dba2a.time_month USING btree (day NULLS FIRST, project NULLS FIRST);


--
-- Name: account__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX account__created_at ON vow_control.account USING btree (created_at NULLS FIRST);


--
-- Name: account__email__u; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE UNIQUE INDEX account__email__u ON vow_control.account USING btree (email_blind NULLS FIRST);


--
-- Name: account__organisation; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX account__organisation ON vow_control.account USING btree (organisation NULLS FIRST);


--
-- Name: account__person; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX account__person ON vow_control.account USING btree (person NULLS FIRST);


--
-- Name: invitation__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX invitation__created_at ON vow_control.invitation USING btree (created_at NULLS FIRST);


--
-- Name: invitation__organisation; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX invitation__organisation ON vow_control.invitation USING btree (organisation NULLS FIRST);


--
-- Name: invitation__person; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX invitation__person ON vow_control.invitation USING btree (person NULLS FIRST);


--
-- Name: invitation__token_hash__u; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE UNIQUE INDEX invitation__token_hash__u ON vow_control.invitation USING btree (token_hash_blind NULLS FIRST);


--
-- Name: node__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX node__created_at ON vow_control.node USING btree (created_at NULLS FIRST);


--
-- Name: promise_result__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX promise_result__created_at ON vow_control.promise_result USING btree (created_at NULLS FIRST);


--
-- Name: promise_result__promise__u; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE UNIQUE INDEX promise_result__promise__u ON vow_control.promise_result USING btree (promise NULLS FIRST);


--
-- Name: public_link__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX public_link__created_at ON vow_control.public_link USING btree (created_at NULLS FIRST);


--
-- Name: public_link__form; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX public_link__form ON vow_control.public_link USING btree (form NULLS FIRST);


--
-- Name: public_link__link_hash__u; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE UNIQUE INDEX public_link__link_hash__u ON vow_control.public_link USING btree (link_hash_blind NULLS FIRST);


--
-- Name: public_link__organisation; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX public_link__organisation ON vow_control.public_link USING btree (organisation NULLS FIRST);


--
-- Name: rate_limit__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX rate_limit__created_at ON vow_control.rate_limit USING btree (created_at NULLS FIRST);


--
-- Name: rate_limit__full_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX rate_limit__full_at ON vow_control.rate_limit USING btree (full_at NULLS FIRST);


--
-- Name: schedule__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX schedule__created_at ON vow_control.schedule USING btree (created_at NULLS FIRST);


--
-- Name: session__account; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX session__account ON vow_control.session USING btree (account NULLS FIRST);


--
-- Name: session__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX session__created_at ON vow_control.session USING btree (created_at NULLS FIRST);


--
-- Name: session__organisation; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX session__organisation ON vow_control.session USING btree (organisation NULLS FIRST);


--
-- Name: session__person; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX session__person ON vow_control.session USING btree (person NULLS FIRST);


--
-- Name: session__token_hash__u; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE UNIQUE INDEX session__token_hash__u ON vow_control.session USING btree (token_hash_blind NULLS FIRST);


--
-- Name: tenant__created_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX tenant__created_at ON vow_control.tenant USING btree (created_at NULLS FIRST);


--
-- Name: tenant__state__deleted_at; Type: INDEX; Schema: vow_control; Owner: vow_control
--

CREATE INDEX tenant__state__deleted_at ON vow_control.tenant USING btree (state NULLS FIRST, deleted_at NULLS FIRST);


--
-- PostgreSQL database dump complete
--


