"""Runs a command in a pipe or in a pseudo-terminal, and prints how many milliseconds it took.

Arguments: `pipe` or `terminal`, and the command.
"""
import fcntl, os, struct, sys, termios, time

mode, command = sys.argv[1], sys.argv[2:]
reader, writer = os.openpty() if mode == 'terminal' else os.pipe()
null = os.open(os.devnull, os.O_RDWR)
if mode == 'terminal':
    fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 200, 0, 0))
# Errors of a command in a pipe go to the stderr of this script.
streams = [writer, writer, writer] if mode == 'terminal' else [null, writer, 2]
actions = [(os.POSIX_SPAWN_DUP2, file, number) for number, file in enumerate(streams)]
started = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=actions, setsid=True)
os.close(writer)
output = b''
try:
    while data := os.read(reader, 65536):
        output = data
except OSError:
    # The last process has closed the terminal.
    pass
code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print((time.perf_counter() - started) * 1000)
if code != 0:
    sys.exit(output.decode(errors='replace') or f'exit code {code}')
