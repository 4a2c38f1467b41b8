"""The commands of `./dev`."""

import argparse
import contextlib
import errno
import http.client
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

from deploy.local import processes
from deploy.local.checks import run_checks
from deploy.local.installation import Installation
from deploy.local.locks import alone, lock_of
from deploy.local.postgres import short_id
from deploy.local.processes import Interrupted, Runner, Services
from deploy.local.report import Problem, Reporter, write
from deploy.local.servers import Purpose, Servers, check_broker, check_space, make_home

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
WEB_SECONDS = 60
LARGE_LOG = 10_000_000  # bytes
# A full disk, a used-up quota, files of somebody else, a disk that cannot be written.
NOT_OUR_FAULT = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}
USAGE = """\
Guanjia on one machine. Data lies in .var/ (or GUANJIA_VAR).

./dev run [--check] [--port N] [--no-demo]
                       install, migrate, make the demo companies, serve until Ctrl-C;
                       with --check fetch each main page once and end
./dev test [--browser | --contract] [pytest options]
                       the test suite on a database of its own
./dev check            format, lint, import contracts, types, migrations, settings, translations
./dev bench [NAME ...] bill-run, import, provisioning, reads or request, and its options
./dev guanjia ...      Guanjia's own command line, on the data of ./dev run
./dev messages         collect the texts to translate
./dev reset [--yes]    stop everything and delete all data

DATABASE_URL and BROKER_URL name servers to use instead of the embedded ones,
DATABASE_OWNER_URL the login that owns the tables, if that is another one;
GUANJIA_POSTGRES_BIN names a folder with another PostgreSQL's programs."""


class Session:
    """One run of `./dev`: where things are, what it says, what it started."""

    def __init__(self) -> None:
        self.home = Path(os.environ.get("GUANJIA_VAR") or ROOT / ".var").resolve()
        self.report = Reporter()
        self.runner = Runner()
        self.installation = Installation(ROOT, self.home, self.runner, self.report)

    @contextlib.contextmanager
    def beside(self) -> Iterator[Executor]:
        """Give a thread that does its jobs in order; a failure ends what it still runs."""
        with ThreadPoolExecutor(1) as thread:
            try:
                yield thread
            except BaseException:
                processes.ignore_signals()
                self.runner.end_all()
                raise

    def install(self, beside: Executor, *locks: str) -> Future[None]:
        """Install packages, and build the front end beside that where this machine has Node.js."""
        make_home(self.home)
        check_space(self.home)
        install = self.installation
        built = beside.submit(install.front_end) if install.has_node() else None
        for lock in locks:
            install.python_packages(lock)
        return built or beside.submit(install.front_end)

    def servers(self, purpose: Purpose = Purpose.RUN) -> Servers:
        home = self.home if purpose is Purpose.RUN else self.home / purpose.name.lower()
        chosen = os.environ.get("GUANJIA_POSTGRES_BIN")
        if chosen and purpose is not Purpose.RUN:
            # Throw-away data of another version would be in the way, not worth keeping.
            home = home.with_name(f"{home.name}-{short_id(Path(chosen))}")
        venv = self.installation.venv
        return Servers(home, venv, self.report, os.environ, purpose=purpose)

    def environment(self, servers: Servers, settings: str) -> dict[str, str]:
        """Return what the product's processes read."""
        path = f"{self.installation.venv / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        # Compiled modules save seconds at each start; the prefix keeps them out of the sources.
        kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        return {
            **kept,
            **servers.environment(),
            "DJANGO_SETTINGS_MODULE": f"config.settings.{settings}",
            "PATH": path,
            "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}",
            "PYTHONPYCACHEPREFIX": str(self.home / "pycache"),
            "PYTHONUNBUFFERED": "1",
            "PYTHONUTF8": "1",
        }

    def python(self, *words: str, env: dict[str, str]) -> int:
        """Run a Python program on the terminal; return its exit code."""
        return self.runner.foreground([self.installation.python, *words], cwd=ROOT, env=env)


# ---- run ----------------------------------------------------------------------------------------


def run(session: Session, arguments: list[str]) -> int:
    """Serve Guanjia until a signal ends it, or check it once."""
    parser = argparse.ArgumentParser(prog="./dev run", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="fetch each main page once, then end")
    parser.add_argument("--port", type=int, help=f"default: GUANJIA_PORT or {DEFAULT_PORT}")
    parser.add_argument("--no-demo", action="store_true", help="make no demo companies")
    options = parser.parse_args(arguments)
    if options.check and options.no_demo:
        parser.error("--check looks at the demo companies: leave out --no-demo")

    make_home(session.home)
    with contextlib.ExitStack() as stack:
        stack.enter_context(alone(session.home, "run"))
        for name in processes.end_left_over(session.home / "run/processes.json"):
            session.report.step("recovery", f"ended the {name} process of a start that was killed")
        port = choose_port(options.port, may_move=options.check)
        check_broker(os.environ.get("BROKER_URL", ""))
        rotate_logs(session.home / "log")
        with session.beside() as beside:
            front_end = session.install(beside, "requirements.lock")
            servers = stack.enter_context(session.servers())
            env = session.environment(servers, "dev") | {"GUANJIA_PORT": str(port)}
            make_ready(session, env, servers.cluster(), beside, front_end)
        demo = session.installation.demo_mark(servers.cluster())
        tells = not options.no_demo
        if tells and (options.check or not demo.stands()):
            django(session, env, "demo", failure="the demo companies cannot be made", show=True)
            demo.put()
            tells = False
        services = stack.enter_context(serving(session, env, port))
        if tells:  # while the processes come up
            django(session, env, "demo", "--show", failure="the demo cannot be shown", show=True)
        wait_until_ready(session, services, port)
        if options.check:
            base = f"http://127.0.0.1:{port}"
            return session.python("-m", "config", "selfcheck", "--base", base, env=env)
        session.report.step("vendors", f"http://vendors.localhost:{port}")
        session.report.step("ready", f"http://localhost:{port}  (Ctrl-C stops everything)")
        return wait_for_the_end(services)


def choose_port(asked: int | None, *, may_move: bool) -> int:
    """Return the port to serve on.

    :raises Problem: naming who holds it, if it is taken.
    """
    port = asked or int(os.environ.get("GUANJIA_PORT") or DEFAULT_PORT)
    if processes.port_is_free(port):
        return port
    if may_move and not asked:
        return processes.free_port()
    who = processes.port_holder(port)
    by = f" by {who}" if who else ""
    raise Problem(f"port {port} is taken{by}: end that, or choose another with --port")


def rotate_logs(folder: Path) -> None:
    """Keep one older generation of each log that has grown large."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGE_LOG:
            log.replace(log.with_suffix(".log.1"))


def make_ready(
    session: Session,
    env: dict[str, str],
    cluster: str,
    beside: Executor,
    front_end: Future[None],
) -> None:
    """Bring schemas up to date and, beside that, translations and static files."""
    install = session.installation
    messages = beside.submit(install.messages, env)
    static_files = beside.submit(install.static_files, env)
    schemas = install.schemas_mark(cluster)
    if not schemas.stands():
        django(session, env, "migrate_all", failure="the database cannot be migrated")
        schemas.put()
        session.report.step("database", "all schemas are migrated")
    for job in (front_end, messages, static_files):
        job.result()


def django(
    session: Session, env: dict[str, str], *words: str, failure: str, show: bool = False
) -> None:
    """Run one of Guanjia's own commands.

    :raises Problem: if it fails.
    """
    session.runner.run(
        [session.installation.python, "-m", "config", *words],
        cwd=ROOT,
        env=env,
        log=session.home / "log/setup.log",
        failure=failure,
        show=show,
    )


@contextlib.contextmanager
def serving(session: Session, env: dict[str, str], port: int) -> Iterator[Services]:
    """Run web, worker and scheduler; stop them at the end."""
    services = Services(session.home / "run/processes.json")
    python = session.installation.python
    celery: list[str | Path] = [python, "-m", "celery", "-A", "config.celery"]
    gunicorn: list[str | Path] = [python, "-m", "gunicorn", "-c", ROOT / "deploy/gunicorn.conf.py"]
    commands: dict[str, list[str | Path]] = {
        "web": [*gunicorn, "--bind", f"127.0.0.1:{port}", "config.wsgi:application"],
        "worker": [*celery, "worker", "--loglevel=INFO", "--concurrency=2"],
        "scheduler": [*celery, "beat", "--loglevel=INFO"],
    }
    try:
        for name, command in commands.items():
            log = session.home / f"log/{name}.log"
            services.start(name, command, cwd=ROOT, env=env, log=log)
        yield services
    finally:
        processes.ignore_signals()
        session.report.step("end", "stopping")
        services.stop()


def wait_until_ready(session: Session, services: Services, port: int) -> None:
    """Wait until the site answers, while watching all processes.

    :raises Problem: if one of them ends, or the site does not come up.
    """
    services.wait_until(
        lambda: is_ready(port), "web", failure="the site is not ready", seconds=WEB_SECONDS
    )
    names = ", ".join(services.names)
    session.report.step("processes", f"{names} run; logs in {session.home / 'log'}")


def is_ready(port: int) -> bool:
    """Return whether the site answers that its database and broker do."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_for_the_end(services: Services) -> int:
    """Return 0 once a signal asks for the end, which is how serving normally ends."""
    try:
        while True:
            services.check()
            time.sleep(0.3)
    except Interrupted:
        return 0


# ---- test, check, bench -------------------------------------------------------------------------


def test(session: Session, arguments: list[str]) -> int:
    """Run the test suite; everything but --browser and --contract goes to pytest."""
    chosen = [flag.lstrip("-") for flag in ("--browser", "--contract") if flag in arguments]
    options = [word for word in arguments if word.lstrip("-") not in chosen]
    if chosen:
        options = ["-m", " or ".join(chosen), *options]
    else:
        options = ["-m", "not browser and not contract", *options]
        alone_words = ("-n", "--numprocesses", "--pdb", "--trace")
        if not any(word.startswith(alone_words) for word in options[2:]):
            # A module's world is built by one process, not by both.
            options = ["-n", "2", "--dist", "loadfile", *options]
    return on_own_servers(session, Purpose.TEST, ["-m", "pytest", *options])


def bench(session: Session, arguments: list[str]) -> int:
    """Run the benchmarks on a database with the settings of a real one."""
    return on_own_servers(session, Purpose.BENCH, ["-m", "tests.bench", *arguments])


def on_own_servers(session: Session, purpose: Purpose, words: list[str]) -> int:
    make_home(session.home)
    with alone(session.home, purpose.name.lower()), contextlib.ExitStack() as stack:
        with session.beside() as beside:
            front_end = session.install(beside, "requirements.lock", "tests/requirements.lock")
            servers = stack.enter_context(session.servers(purpose))
            env = session.environment(servers, "test")
            session.installation.messages(env)
            front_end.result()
        return session.python(*words, env=env)


def check(session: Session, arguments: list[str]) -> int:
    """Run every check that needs no server."""
    expect_nothing(arguments)
    with session.beside() as beside:
        session.install(beside, "requirements.lock", "tests/requirements.lock").result()
    env = session.environment(session.servers(Purpose.TEST), "test")
    return run_checks(ROOT, session.installation.venv / "bin", env, session.runner, session.report)


# ---- the rest -----------------------------------------------------------------------------------


def guanjia(session: Session, arguments: list[str]) -> int:
    """Run Guanjia's own command line; its output alone goes to stdout."""
    session.report.quiet = True
    make_home(session.home)
    session.installation.python_packages("requirements.lock")
    with session.servers() as servers:
        env = session.environment(servers, "dev")
        session.installation.messages(env)
        return session.python("-m", "config", *arguments, env=env)


def messages(session: Session, arguments: list[str]) -> int:
    """Collect the texts to translate from the sources."""
    expect_nothing(arguments)
    return guanjia(session, ["messages", "extract"])


def reset(session: Session, arguments: list[str]) -> int:
    """Stop everything and delete all data of this checkout."""
    parser = argparse.ArgumentParser(prog="./dev reset", allow_abbrev=False)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    options = parser.parse_args(arguments)
    if not session.home.exists():
        write(f"{session.home} does not exist: nothing to delete")
        return 0
    if not options.yes:
        if not sys.stdin.isatty():
            raise Problem("this deletes all data: say --yes where nobody can be asked")
        question = f"Delete {session.home} with all companies, files and logs in it? [y/N] "
        if input(question).strip().lower() not in {"y", "yes"}:
            return 1
    make_home(session.home)
    end_running(session)
    processes.end_left_over(session.home / "run/processes.json")
    for home in (*session.home.glob("test*"), *session.home.glob("bench*"), session.home):
        servers = Servers(home, session.installation.venv, session.report, {})
        servers.stop_left_over()
        servers.remove()
    write(f"{session.home} is deleted")
    return 0


def end_running(session: Session) -> None:
    """End a `./dev run` that is at work in this checkout.

    :raises Problem: if it does not end.
    """
    deadline = time.monotonic() + 60
    asked = False
    while True:
        try:
            with alone(session.home, "run"):
                return
        except Problem:
            if time.monotonic() > deadline:
                raise
        if not asked:
            with contextlib.suppress(ProcessLookupError, ValueError):
                # Whoever has just taken the lock may not have written down its number yet.
                os.kill(int(lock_of(session.home, "run").read_text()), signal.SIGTERM)
                asked = True
        time.sleep(0.1)


def expect_nothing(arguments: list[str]) -> None:
    if arguments:
        raise Problem(f"unexpected: {' '.join(arguments)} (see ./dev --help)")


def unknown(_session: Session, _arguments: list[str]) -> int:
    raise Problem(f"no such command (there are {', '.join(COMMANDS)})")


COMMANDS: dict[str, Callable[[Session, list[str]], int]] = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "guanjia": guanjia,
    "messages": messages,
    "reset": reset,
}


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if not arguments or arguments[0] in {"-h", "--help", "help"}:
        write(USAGE)
        return 0 if arguments else 2
    session = Session()
    processes.watch_signals()
    try:
        return COMMANDS.get(arguments[0], unknown)(session, arguments[1:])
    except Problem as problem:
        session.report.failure(problem)
        return 1
    except OSError as error:
        if error.errno not in NOT_OUR_FAULT:
            raise
        where = f": {error.filename}" if error.filename else ""
        session.report.failure(Problem(f"{(error.strerror or str(error)).lower()}{where}"))
        return 1
    except Interrupted as interruption:
        return 128 + interruption.signum
    finally:
        processes.ignore_signals()
        session.runner.end_all()
