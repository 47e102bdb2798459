#!/usr/bin/env bash
# The classic steps to the letter, in a fresh clone, without a .env file: what README promises to somebody new.
#   classic.sh                  on SQLite, in a fresh environment
#   classic.sh postgres://…     on PostgreSQL: makes a database of its own on that server, and drops it
#   classic.sh light […]        with the packages of .venv instead of installing them
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
email=admin@example.com
password='correct horse battery staple'
new_password='a wholly different sentence'
server=
database_url=

say() { printf '\n# %s\n' "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    [ ! -f "$work/terminal" ] || tail -n 40 "$work/terminal" >&2
    exit 1
}

admin_sql() { python -c 'import sys, psycopg; psycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])' "$@"; }
database_away() { [ -z "$database_url" ] || admin_sql "$postgres" "DROP DATABASE IF EXISTS $database WITH (FORCE)"; }
tidy() {
    [ -z "$server" ] || kill -- "-$server" 2>/dev/null || true
    database_away || true
    rm -rf "$work"
}
trap tidy EXIT

say "git clone"
git clone --quiet "$root" "$work/shop"
cd "$work/shop"

if [ "${1:-}" = light ]; then
    shift
    export PATH="$root/.venv/bin:$PATH"
else
    say "python -m venv, pip install -r requirements.txt"
    "${PYTHON:-python3}" -m venv "$work/venv"
    export PATH="$work/venv/bin:$PATH"
    pip install --quiet --disable-pip-version-check -r requirements.txt
fi

if [ -n "${1:-}" ]; then
    postgres=$1
    database=shop_classic_$$
    admin_sql "$postgres" "CREATE DATABASE $database"
    database_url=${postgres%/*}/$database
fi

# Nothing of the caller's settings comes along.
clean=(env -i "PATH=$PATH" "HOME=$HOME" LANG=C.UTF-8 PYTHONUNBUFFERED=1 ${database_url:+"DATABASE_URL=$database_url"})

say "python manage.py makemigrations"
answer=$("${clean[@]}" python manage.py makemigrations)
echo "$answer"
[ "$answer" = "No changes detected" ] || fail "makemigrations found changes"
[ -z "$(git status --porcelain)" ] || fail "makemigrations changed files"

say "python manage.py migrate"
"${clean[@]}" python manage.py migrate

say "python manage.py createsuperuser"
"${clean[@]}" python "$root/tests/install/typist.py" "$email" "$password" -- python manage.py createsuperuser

say "python manage.py runserver"
port=$(python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
base=http://127.0.0.1:$port
"${clean[@]}" setsid python manage.py runserver "127.0.0.1:$port" >"$work/terminal" 2>&1 &
server=$! # the leader of a group of its own, to which the reloader's child belongs
for _ in $(seq 150); do
    curl -sf -o /dev/null "$base/health/live" && break
    kill -0 "$server" 2>/dev/null || fail "runserver ended"
    sleep 0.2
done

status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
expect() {
    local wanted=$1 found
    shift
    found=$(status "$@")
    printf '%s %s\n' "$found" "${*: -1}"
    [ "$found" = "$wanted" ] || fail "expected $wanted"
}
post() { expect "$1" -H 'Content-Type: application/json' -d "$3" "$base/api/v1/auth/$2"; }

for page in / /swagger/ /redoc/ /openapi.json /admin/login/ /dev/mailbox/; do expect 200 "$base$page"; done

say "the superuser signs in"
curl -s -c "$work/cookies" -o /dev/null "$base/admin/login/"
token=$(awk '$6 == "csrftoken" {print $7}' "$work/cookies")
expect 302 -b "$work/cookies" -c "$work/cookies" --data-urlencode "csrfmiddlewaretoken=$token" \
    --data-urlencode "username=$email" --data-urlencode "password=$password" "$base/admin/login/"
expect 200 -b "$work/cookies" "$base/admin/"

say "forgot password: the mail is in the terminal"
post 202 forgot-password "{\"email\": \"$email\"}"
otp=
for _ in $(seq 50); do
    otp=$(grep -oE '^ *[0-9]{6} *$' "$work/terminal" | tail -n 1 | tr -d ' ') || true
    [ -z "$otp" ] || break
    sleep 0.2
done
[ -n "$otp" ] || fail "no code in the terminal"
post 200 reset-password "{\"email\": \"$email\", \"otp\": \"$otp\", \"new_password\": \"$new_password\"}"
post 401 login "{\"email\": \"$email\", \"password\": \"$password\"}"
post 200 login "{\"email\": \"$email\", \"password\": \"$new_password\"}"

[ -z "$(git status --porcelain)" ] || fail "running it changed files"
say "all as promised"
