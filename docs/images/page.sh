#!/usr/bin/env bash
# Takes the picture of the page that the README shows. Needs Chromium.
set -euo pipefail
cd "$(dirname "$0")/../.."
page="$PWD/crates/remotion-lambda-policies/generated/permissions.html"
chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,800 --screenshot=docs/images/page.png "file://$page"
