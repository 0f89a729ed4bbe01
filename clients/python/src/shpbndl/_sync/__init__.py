"""The async client, which is written by hand; the other one is made of it by `make contract`."""
