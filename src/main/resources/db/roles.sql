-- Creates the two roles and the database. Run it once as a superuser before the first start, and set a
-- password for each role. The owner creates and owns the schema. The service role of Rekey may insert and
-- read events, but has no privilege to change them.
create role rekey_owner login;
create role rekey_service login;
create database rekey owner rekey_owner;
