#!/bin/sh
# activemq.sh - a private ActiveMQ Classic (Debian's package "activemq") for tests, on 127.0.0.1.
#
#   activemq.sh start DIR PORT   until a STOMP client can log in; DIR/data outlives stop and kill
#   activemq.sh stop DIR         in order
#   activemq.sh kill DIR         at once (SIGKILL)
#
# PORT speaks STOMP; PORT+1 STOMP over TLS where DIR/broker.p12 is (password "secret"). Users are
# test/test, reader/reader, who may not write, and writer/writer, who may not read. It starts within
# TIMEOUT (60) seconds, or fails with the end of DIR/log.
#
#   ACTIVEMQ_SYNC=false        no sync of the disk: for tests that neither kill it nor measure it
#   ACTIVEMQ_MEMORY="1 mb"     how much the queues may hold before their producers have to wait
#   ACTIVEMQ_FRAME_MAX=65536   the largest body of a frame, in bytes
set -eu

TIMEOUT=${TIMEOUT:-60}
HOME_DIR=/usr/share/activemq

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

can_log_in() {
    python3 - "$PORT" <<'PYTHON'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as peer:
    peer.sendall(b"CONNECT\naccept-version:1.2\nhost:/\nlogin:test\npasscode:test\n\n\0")
    sys.exit(not peer.recv(4096).startswith(b"CONNECTED"))
PYTHON
}

transports() {
    options="wireFormat.maxDataLength=${ACTIVEMQ_FRAME_MAX:-104857600}"
    echo "<transportConnector name=\"stomp\" uri=\"stomp+nio://127.0.0.1:$PORT?$options\"/>"
    [ ! -f "$DIR/broker.p12" ] ||
        echo "<transportConnector name=\"tls\" uri=\"stomp+ssl://127.0.0.1:$((PORT + 1))\"/>"
}

key_store() {
    [ ! -f "$DIR/broker.p12" ] ||
        echo "<sslContext><sslContext keyStore=\"file:$DIR/broker.p12\" keyStoreType=\"pkcs12\"
            keyStorePassword=\"secret\"/></sslContext>"
}

write_settings() {
    cat >"$DIR/activemq.xml" <<XML
<beans xmlns="http://www.springframework.org/schema/beans"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.springframework.org/schema/beans
        http://www.springframework.org/schema/beans/spring-beans.xsd
        http://activemq.apache.org/schema/core
        http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="test" useJmx="false"
      useShutdownHook="true" advisorySupport="false" dataDirectory="$DIR/data">
    <destinationPolicy><policyMap><policyEntries>
      <policyEntry queue=">" producerFlowControl="true"/>
    </policyEntries></policyMap></destinationPolicy>
    <persistenceAdapter>
      <kahaDB directory="$DIR/data/kahadb" journalMaxFileLength="16mb"
          enableJournalDiskSyncs="${ACTIVEMQ_SYNC:-true}"/>
    </persistenceAdapter>
    <plugins>
      <simpleAuthenticationPlugin anonymousAccessAllowed="false"><users>
        <authenticationUser username="test" password="test" groups="writers,readers"/>
        <authenticationUser username="writer" password="writer" groups="writers"/>
        <authenticationUser username="reader" password="reader" groups="readers"/>
      </users></simpleAuthenticationPlugin>
      <authorizationPlugin><map><authorizationMap><authorizationEntries>
        <authorizationEntry queue=">" read="readers" write="writers" admin="readers"/>
        <authorizationEntry topic=">" read="readers" write="writers" admin="readers"/>
      </authorizationEntries></authorizationMap></map></authorizationPlugin>
    </plugins>
    $(key_store)
    <systemUsage><systemUsage>
      <memoryUsage><memoryUsage limit="${ACTIVEMQ_MEMORY:-64 mb}"/></memoryUsage>
      <storeUsage><storeUsage limit="1 gb"/></storeUsage>
      <tempUsage><tempUsage limit="256 mb"/></tempUsage>
    </systemUsage></systemUsage>
    <transportConnectors>$(transports)</transportConnectors>
  </broker>
</beans>
XML
    cat >"$DIR/log4j.properties" <<'LOG'
log4j.rootLogger=INFO, out
log4j.appender.out=org.apache.log4j.ConsoleAppender
log4j.appender.out.layout=org.apache.log4j.PatternLayout
log4j.appender.out.layout.ConversionPattern=%d{ISO8601} %-5p %c{1} - %m%n
LOG
}

start() {
    mkdir -p "$1/data" "$1/tmp"
    DIR=$(cd "$1" && pwd)
    PORT=$2
    [ -e "$HOME_DIR/bin/activemq.jar" ] || die "Debian's package activemq is missing"
    write_settings
    : >"$DIR/log"
    setsid java -Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 \
        --add-opens java.base/java.lang=ALL-UNNAMED --add-opens java.base/java.util=ALL-UNNAMED \
        --add-opens java.base/java.util.concurrent=ALL-UNNAMED \
        --add-opens java.naming/javax.naming.spi=ALL-UNNAMED \
        -Djava.awt.headless=true -Djava.io.tmpdir="$DIR/tmp" \
        -Dlog4j.configuration="file:$DIR/log4j.properties" \
        -Dactivemq.home=$HOME_DIR -Dactivemq.base="$DIR" -Dactivemq.conf="$DIR" \
        -Dactivemq.data="$DIR/data" -Dactivemq.classpath="$DIR" \
        -jar $HOME_DIR/bin/activemq.jar start "xbean:file:$DIR/activemq.xml" \
        >>"$DIR/log" 2>&1 </dev/null &
    echo $! >"$DIR/pid"
    tries=$((TIMEOUT * 5))
    until can_log_in 2>/dev/null; do
        tries=$((tries - 1))
        if [ $tries -le 0 ] || ! is_alive "$(cat "$DIR/pid")"; then
            tail -n 20 "$DIR/log" >&2
            end KILL
            die "it could not be started"
        fi
        sleep 0.2
    done
    echo "ready: stomp://127.0.0.1:$PORT pid $(cat "$DIR/pid")"
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
start:3) start "$2" "$3" ;;
stop:2) end TERM ;;
kill:2) end KILL ;;
*) die "usage: ${0##*/} start DIR PORT | stop DIR | kill DIR" ;;
esac
