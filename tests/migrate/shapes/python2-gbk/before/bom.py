import os
A = os.environ['LC_APP_ID']
B = os.environ['LC_APP_KEY']
	C = 1
print A