-- Two roles on PostgreSQL: one owns the schema and migrates, the other serves and cannot rewrite the audit log, whatever
-- the program is made to do. How to use it: docs/operations.md.

-- Once, as a superuser. Choose the passwords.
CREATE ROLE candor_owner LOGIN PASSWORD 'choose-one';
CREATE ROLE candor_server LOGIN PASSWORD 'choose-another';
CREATE DATABASE candor OWNER candor_owner;
REVOKE ALL ON DATABASE candor FROM PUBLIC;
GRANT CONNECT ON DATABASE candor TO candor_server;

-- As candor_owner in the database candor, after every `candor migrate`.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO candor_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO candor_server;
-- The log grows, and nothing else.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_detail FROM candor_server;
REVOKE INSERT, UPDATE, DELETE ON seaql_migrations FROM candor_server;
