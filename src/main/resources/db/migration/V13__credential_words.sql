-- It served the versions before V10, and cost each mint as much as the index of search_text.
drop index credential_words;
