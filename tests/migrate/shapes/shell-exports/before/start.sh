#!/bin/sh
# export LC_APP_ID=another-app
export LC_APP_ID=your-app-id LC_APP_KEY="your-app-key"
export LC_APP_MASTER_KEY='your-master-key'
export LC_APP_PORT=${1:-3000} LC_ALL=zh_CN.UTF-8
export LC_APP_PROD=0

if [ -z "$LC_APP_ID" ] || [ "$LC_APP_PROD" = "1" ]; then
    echo "LC_APP_ID is missing, or this is production" >&2
    exit 1
fi
LC_APP_ENV=stage exec python wsgi.py --port "${LC_APP_PORT}"
