#!/bin/bash
# Runs once, when the database container makes its cluster: the same two logins as `./dev` makes.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner_password="$GUANJIA_OWNER_PASSWORD" -v web_password="$GUANJIA_WEB_PASSWORD" <<'SQL'
CREATE ROLE guanjia_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE guanjia_web LOGIN NOINHERIT PASSWORD :'web_password';
CREATE DATABASE guanjia OWNER guanjia_owner;
\connect guanjia
CREATE EXTENSION btree_gist SCHEMA public;
CREATE EXTENSION pg_trgm SCHEMA public;
SQL
