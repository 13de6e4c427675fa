"""One file a noun: the flat operations of the REST API, declared."""
