#!/bin/bash
# Copies the primary at the first start, then follows it. Promote it with: docker compose exec -u postgres standby pg_ctl promote
set -euo pipefail
data=/var/lib/postgresql/data
if [ ! -s "$data/PG_VERSION" ]; then
    install -d -o postgres -g postgres -m 700 "$data"
    from="host=primary user=replicator password=$REPLICATION_PASSWORD application_name=standby"
    until gosu postgres pg_basebackup -D "$data" -d "$from" -S standby -X stream -R; do
        rm -rf "${data:?}"/*
        sleep 2
    done
fi
# once promoted it must not wait for a standby that it does not have
exec gosu postgres postgres -D "$data" -c hot_standby=on -c synchronous_standby_names=
