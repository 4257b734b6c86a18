"""{{ "Django 的命令行：`python manage.py startapp blog`，`python manage.py check --deploy`。" if cookiecutter.language == "zh" else "Django's command line: `python manage.py startapp blog`, `python manage.py check --deploy`." }}"""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    execute_from_command_line(sys.argv)
