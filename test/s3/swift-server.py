"""OpenStack Swift that speaks S3: its four servers in one process. Words: a directory for it, and the port."""
import json
import os
import sys

os.environ['EVENTLET_HUB'] = 'poll'
import eventlet
from eventlet import wsgi

eventlet.monkey_patch()
from swift.common import constraints, utils
from swift.common.http_protocol import SwiftHttpProtocol
from swift.common.ring import RingData
from swift.common.wsgi import ConfigString, loadapp

home, port = sys.argv[1:]
account, user = os.environ['ACCESS_KEY'].split(':')
utils.HASH_PATH_SUFFIX = b'difpipe'
rings, disks = os.path.join(home, 'rings'), os.path.join(home, 'disks')
os.makedirs(rings)
os.makedirs(os.path.join(disks, 'disk'))

# Nothing is given up for slowness: who asks much at once waits, and listings tell of what was just written.
PATIENT = """
conn_timeout = 60
node_timeout = 60
log_level = CRITICAL
"""

BEHIND = f"""
[app:main]
use = egg:swift#%s
swift_dir = {rings}
devices = {disks}
mount_check = false
container_update_timeout = 60
{PATIENT}
"""

FILTERS = ('catch_errors', 'gatekeeper', 'listing_formats', 'bulk', 'copy', 'slo', 'dlo', 'versioned_writes', 'symlink')
FRONT = f"""
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
swift_dir = {rings}
account_autocreate = true
error_suppression_limit = 1000000
{PATIENT}
[filter:tempauth]
use = egg:swift#tempauth
user_{account}_{user} = {os.environ['SECRET_KEY']} .admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
auth_pipeline_check = false
max_bucket_listing = 100
""" + '\n'.join(f'[filter:{name}]\nuse = egg:swift#{name}' for name in FILTERS)


class Cache:
    """What memcached is to a real one: without it, each request asks three servers whether there is the bucket."""

    def __init__(self):
        self.held = {}

    def get(self, key, **_):
        return json.loads(self.held.get(key, 'null'))

    def set(self, key, value, **_):
        self.held[key] = json.dumps(value)

    def delete(self, key, **_):
        self.held.pop(key, None)


def caching(app):
    cache = Cache()

    def asked(env, start_response):
        env['swift.cache'] = cache
        return app(env, start_response)

    return asked


def serve(app, listener):
    eventlet.spawn(
        wsgi.server, listener, app, open(os.devnull, 'w'),
        protocol=SwiftHttpProtocol, capitalize_response_headers=False, url_length_limit=constraints.MAX_REQUEST_LINE,
    )


for kind in ('account', 'container', 'object'):
    behind = eventlet.listen(('127.0.0.1', 0))
    device = {'id': 0, 'region': 1, 'zone': 0, 'weight': 1, 'device': 'disk', 'ip': '127.0.0.1',
              'port': behind.getsockname()[1]}
    RingData([[0, 0]], [device], 31).save(os.path.join(rings, f'{kind}.ring.gz'))
    serve(loadapp(ConfigString(BEHIND % kind)), behind)
serve(caching(loadapp(ConfigString(FRONT))), eventlet.listen(('127.0.0.1', int(port)), backlog=512))
eventlet.Event().wait()
