# On SIGUSR1, COUNT times: what Python calls random. uuid4() is the kernel's own, ssl is OpenSSL's.
import signal
import ssl
import sys
import uuid


def client_hello(context):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()[11:43]


def draw(context, number):
    print(f"uuid4.{number}={uuid.uuid4().hex}")
    print(f"ssl.{number}={ssl.RAND_bytes(32).hex()}")
    print(f"hello.{number}={client_hello(context).hex()}", flush=True)


signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname = False
client_hello(context), uuid.uuid4(), ssl.RAND_bytes(32)
print("ready", file=sys.stderr, flush=True)
for number in range(int(sys.argv[1])):
    signal.sigwait({signal.SIGUSR1})
    draw(context, number)
