#!/bin/sh
# kafka.sh - a private Kafka (KRaft, one node) for tests, on 127.0.0.1.
#
#   kafka.sh install             fetches the jars from Maven Central (needs mvn and Java 17), once
#   kafka.sh start DIR PORT      until it lists itself as a broker; DIR/data outlive stop and kill
#   kafka.sh stop DIR            in order
#   kafka.sh kill DIR            at once (SIGKILL)
#
# PORT speaks plain Kafka; PORT+1 is the controller; PORT+2 wants SASL/PLAIN (user "test", password
# "test-secret"); PORT+3 wants the same over TLS, where DIR/broker.p12 is (password "secret").
# PORT+4 tells its clients to come to port KAFKA_PROXY_PORT, where a proxy listens. It starts within
# TIMEOUT (60) seconds, or fails with the end of DIR/log.
#
#   KAFKA_VERSION=4.4.0           the version to fetch and run
#   KAFKA_CACHE=DIR               where the jars are kept (~/.cache/dagd-tests/kafka-VERSION)
#   KAFKA_PROXY_PORT=PORT         see above
#   KAFKA_SETTINGS=FILE           lines to add to the broker's settings
#   KAFKA_JAVA_OPTIONS=...        options of java in place of those that start quickly
set -eu

TIMEOUT=${TIMEOUT:-60}
KAFKA_VERSION=${KAFKA_VERSION:-4.4.0}
KAFKA_CACHE=${KAFKA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dagd-tests/kafka-$KAFKA_VERSION}
KAFKA_JAVA_OPTIONS=${KAFKA_JAVA_OPTIONS:--Xmx512m -XX:+UseSerialGC -XX:TieredStopAtLevel=1}

die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

# Its state in /proc: a process that has ended and was not waited for counts as ended.
is_alive() {
    case $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) in
    '' | Z* | X*) return 1 ;;
    esac
}

# The jars are fetched into a folder beside and moved when they are complete.
install_jars() {
    [ ! -f "$KAFKA_CACHE/complete" ] || return 0
    command -v mvn >/dev/null || die "mvn is missing (Debian's package maven)"
    mkdir -p "$(dirname "$KAFKA_CACHE")"
    fresh=$(mktemp -d "$KAFKA_CACHE.XXXXXX")
    cat >"$fresh/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dagd.tests</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>$KAFKA_VERSION</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>2.25.4</version>
    </dependency>
  </dependencies>
</project>
POM
    mvn -q -B -f "$fresh/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
        -DoutputDirectory="$fresh/jars" || die "Kafka $KAFKA_VERSION could not be fetched"
    [ -s "$fresh/jars/kafka_2.13-$KAFKA_VERSION.jar" ] || die "no Kafka in $fresh/jars"
    touch "$fresh/complete"
    rm -rf "$KAFKA_CACHE"
    mv "$fresh" "$KAFKA_CACHE"
}

write_settings() {
    listeners=PLAIN://127.0.0.1:$PORT,CONTROLLER://127.0.0.1:$((PORT + 1))
    listeners=$listeners,SASL://127.0.0.1:$((PORT + 2))
    advertised=PLAIN://127.0.0.1:$PORT,SASL://127.0.0.1:$((PORT + 2))
    if [ -f "$DIR/broker.p12" ]; then
        listeners=$listeners,TLS://127.0.0.1:$((PORT + 3))
        advertised=$advertised,TLS://127.0.0.1:$((PORT + 3))
    fi
    if [ -n "${KAFKA_PROXY_PORT:-}" ]; then
        listeners=$listeners,PROXY://127.0.0.1:$((PORT + 4))
        advertised=$advertised,PROXY://127.0.0.1:$KAFKA_PROXY_PORT
    fi
    login='org.apache.kafka.common.security.plain.PlainLoginModule required'
    protocols=PLAIN:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SASL_SSL
    login="$login user_test=\"test-secret\";"
    cat >"$DIR/server.properties" <<SETTINGS
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$((PORT + 1))
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAIN
listeners=$listeners
advertised.listeners=$advertised
listener.security.protocol.map=$protocols,PROXY:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
listener.name.sasl.plain.sasl.jaas.config=$login
listener.name.tls.plain.sasl.jaas.config=$login
log.dirs=$DIR/data
num.partitions=1
auto.create.topics.enable=false
delete.topic.enable=true
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
log.retention.bytes=1073741824
SETTINGS
    [ ! -f "$DIR/broker.p12" ] || cat >>"$DIR/server.properties" <<SETTINGS
listener.name.tls.ssl.keystore.type=PKCS12
listener.name.tls.ssl.keystore.location=$DIR/broker.p12
listener.name.tls.ssl.keystore.password=secret
listener.name.tls.ssl.key.password=secret
SETTINGS
    [ -z "${KAFKA_SETTINGS:-}" ] || cat "$KAFKA_SETTINGS" >>"$DIR/server.properties"
    cat >"$DIR/log4j2.yaml" <<'LOG'
Configuration:
  Appenders:
    Console: {name: out, PatternLayout: {pattern: "%d %-5p %c{1} - %m%n"}}
  Loggers:
    Root: {level: INFO, AppenderRef: [{ref: out}]}
LOG
}

# Asks for metadata (version 1) and wants at least one broker in the answer.
lists_itself() {
    python3 - "$PORT" <<'PYTHON'
import socket, struct, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as peer:
    request = struct.pack(">hhih4si", 3, 1, 7, 4, b"wait", 0)
    peer.sendall(struct.pack(">i", len(request)) + request)
    reply = b""
    while len(reply) < 12:
        piece = peer.recv(4096)
        if not piece:
            sys.exit(1)
        reply += piece
    sys.exit(struct.unpack(">iii", reply[:12])[2] < 1)
PYTHON
}

run_java() {
    # shellcheck disable=SC2086 # several options on purpose
    exec setsid java $KAFKA_JAVA_OPTIONS -Djava.awt.headless=true -Djava.io.tmpdir="$DIR/tmp" \
        -Dlog4j2.configurationFile="file:$DIR/log4j2.yaml" -cp "$KAFKA_CACHE/jars/*" "$@"
}

start() {
    install_jars
    mkdir -p "$1/data" "$1/tmp"
    DIR=$(cd "$1" && pwd)
    PORT=$2
    write_settings
    if [ ! -s "$DIR/data/meta.properties" ]; then
        id=$(python3 -c 'import base64, os
print(base64.urlsafe_b64encode(b"\x01" + os.urandom(15)).decode().rstrip("="))')
        (run_java kafka.tools.StorageTool format -t "$id" -c "$DIR/server.properties") \
            >"$DIR/format.log" 2>&1 || {
            tail -n 20 "$DIR/format.log" >&2
            die "its folder could not be formatted"
        }
    fi
    : >"$DIR/log"
    run_java kafka.Kafka "$DIR/server.properties" >>"$DIR/log" 2>&1 </dev/null &
    echo $! >"$DIR/pid"
    tries=$((TIMEOUT * 5))
    until lists_itself 2>/dev/null; do
        tries=$((tries - 1))
        if [ $tries -le 0 ] || ! is_alive "$(cat "$DIR/pid")"; then
            tail -n 20 "$DIR/log" >&2
            end KILL
            die "it could not be started"
        fi
        sleep 0.2
    done
    echo "ready: 127.0.0.1:$PORT pid $(cat "$DIR/pid")"
}

end() {
    [ -s "$DIR/pid" ] || return 0
    pid=$(cat "$DIR/pid")
    ! is_alive "$pid" || kill -s "$1" "$pid"
    tries=$((TIMEOUT * 10))
    while is_alive "$pid"; do
        tries=$((tries - 1))
        if [ $tries -le 0 ]; then
            kill -s KILL "$pid"
            die "pid $pid didn't end within $TIMEOUT s; killed"
        fi
        sleep 0.1
    done
    rm -f "$DIR/pid"
}

DIR=${2:-}
case ${1:-}:$# in
install:1) install_jars ;;
start:3) start "$2" "$3" ;;
stop:2) end TERM ;;
kill:2) end KILL ;;
*) die "usage: ${0##*/} install | start DIR PORT | stop DIR | kill DIR" ;;
esac
