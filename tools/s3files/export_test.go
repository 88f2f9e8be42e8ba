package s3files

import (
	"net/http"
	"time"
)

// Sign signs a request as one of Amazon's examples does.
func Sign(r *http.Request, region, key, secret string, at time.Time) {
	signer{region: region, service: "s3", key: key, secret: secret}.sign(r, noBody, at)
}
