from setuptools import setup

setup(name='x', install_requires=['leancloud-sdk>=1.0.9', 'six'], extras_require={'a': ["leancloud_sdk[b]"]})
