for k in ID KEY; do export LC_APP_$k=x; done
