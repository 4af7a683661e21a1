-- The two roles, made once by a superuser, before Rekey's first start; give each a password besides.
-- The owner makes and owns the schema. The service, with which Rekey works, may insert history and
-- read it, and is given nothing that would let it change any.
create role rekey_owner login;
create role rekey_service login;
create database rekey owner rekey_owner;
