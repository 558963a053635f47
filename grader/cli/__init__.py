"""The command line: options, console, exit codes. No logic.

Each command has a file with its `command`. Heavy packages are imported only when a command needs them.

Exit status: 0 graded (low marks are not a failure), 1 something could not be graded or a student is below
--fail-under, 2 usage, 3 a fault in the grader, 130 interrupted.
"""

import logging
import sys

import click

from grader import __version__
from grader.cli import check, cluster, completion, diff, doctor, export, kit, lab, mark, run
from grader.cli.config import config_command
from grader.cli.exits import INTERRUPTED, OURS, USAGE, complain
from grader.cli.group import GradeGroup
from grader.cli.settings import apply_settings
from grader.core.errors import GraderError, SandboxError, UsageError

__all__ = ["cli", "main"]


@click.group(
    cls=GradeGroup,
    no_args_is_help=True,
    subcommand_metavar="PATH… | COMMAND [ARGS]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="grade")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Grade a lab in numerical computing.

    `grade PATH…` grades a class or a single file: a folder that contains one folder (or one file) for each
    student, or one student's file. It runs every student's code in its own process, judges what the code
    does by the algebra of the exercise, and writes marks and feedback pages to --out:

    \b
      reports/index.html                    the class at a glance
      reports/students/NAME/report.html     each student's feedback (and report.md)
      reports/gradebook.csv                 marks for a spreadsheet
      reports/results.json                  everything, for other programs

    Examples:

    \b
      grade submissions/                    grade a class
      grade submissions/ --exercise 1.1     only one exercise
      grade check lab1.py                   check your own file; nothing is written
      grade check lab1.py --watch           … every time you save, until everything is right
      grade kit                             make the zip that students start from
      grade lab                             show exercises, checks and tolerances
      grade mark "Ada Quill" 2.1 0.5        enter a mark by hand
      grade doctor                          test how student code is isolated on this machine

    Low marks are not an error: the exit status is 0 if everything was graded, 1 if something could not be
    graded or a student is below --fail-under, 2 for an invalid command line, 3 for a fault in the grader.
    """
    apply_settings(ctx, cli)


cli.add_command(run.command)
cli.add_command(check.command)
cli.add_command(lab.command)
cli.add_command(kit.command)
cli.add_command(mark.command)
cli.add_command(export.command)
cli.add_command(diff.command)
cli.add_command(completion.command)
cli.add_command(doctor.command)
cli.add_command(cluster.group)
cli.add_command(config_command(cli))


def main() -> None:
    """Run the command line. Every GraderError becomes one sentence on stderr."""
    logging.basicConfig(format="grade: %(message)s", level=logging.ERROR)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        complain("Interrupted.")
        sys.exit(INTERRUPTED)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(USAGE)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx is not None else "grade"
        complain(f"{error.format_message()} See `{path} --help`.")
        sys.exit(USAGE)
    except click.ClickException as error:
        complain(error.format_message())
        sys.exit(USAGE)
    except KeyboardInterrupt:
        complain("Interrupted.")
        sys.exit(INTERRUPTED)
    except SandboxError as error:
        complain(f"Student code could not be run: {error}.")
        sys.exit(OURS)
    except UsageError as error:
        complain(str(error))
        sys.exit(USAGE)
    except GraderError as error:
        complain(str(error))
        sys.exit(OURS)
    except OSError as error:  # a full disk, or a folder that disappeared
        complain(
            f"{error.filename or 'A file'} could not be used ({error.strerror}). Files that were already written are complete."
        )
        sys.exit(OURS)
