-- Searches of the inventory that people have saved in the console, each for its owner only.
create table console_view (
  -- the id of the caller
  owner    text        not null,
  name     text        not null check (char_length(name) between 1 and 60),
  -- the query of the page's URL, percent-encoded
  query    text        not null check (char_length(query) <= 2000),
  saved_at timestamptz not null,
  primary key (owner, name)
);

grant select, insert, update, delete on console_view to "${serviceRole}";
