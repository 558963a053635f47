"""Where packages are found: `templates/` stands at the top and is installed into the package that reads it."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["grader*", "reference*"]), "grader.templates"],
    package_dir={"grader.templates": "templates"},
)
