"""The command line: parse, validate, call. The only place that prints or exits."""

from __future__ import annotations

import sys

import typer
from typer.exceptions import TyperException

from qa_scorer import __version__
from qa_scorer.cli.commands import COMMANDS, GROUPS
from qa_scorer.errors import EXIT_INTERRUPTED, EXIT_USAGE, QaScorerError

app = typer.Typer(
    name="qa-scorer",
    help="Score recorded service calls against a rubric and write coaching sheets. Nothing leaves this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def _version(version: bool = typer.Option(False, "--version", help="Print the version and exit.")) -> None:
    if version:
        typer.echo(f"qa-scorer {__version__}")
        raise typer.Exit


for command in COMMANDS:
    app.command()(command)
for name, group, summary in GROUPS:
    app.add_typer(group, name=name, help=summary)


def main() -> None:
    """Run the command line; every error a user can mend is one sentence on standard error."""
    try:
        code = app(standalone_mode=False)
    except QaScorerError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except TyperException as error:
        message = error.format_message()
        # A group without a subcommand answers with its help.
        typer.echo(message if message.startswith("Usage:") else f"error: {message}", err=True)
        sys.exit(EXIT_USAGE)
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("interrupted: what was done is kept; the same command goes on from there.", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        # `qa-scorer … | head` closes the pipe early; that is no error.
        sys.stderr.close()
    else:
        sys.exit(code or 0)
