-- Creates the two roles and the database. Run it once before the first start, as a superuser or as a role with
-- createrole and createdb, and set a password for each role. The owner creates and owns the schema. The service
-- role of Rekey may insert and read events, but has no privilege to change them.
create role rekey_owner login;
create role rekey_service login;
-- Without a superuser, only a member may give a database to a role.
grant rekey_owner to current_user;
create database rekey owner rekey_owner;
revoke rekey_owner from current_user;
