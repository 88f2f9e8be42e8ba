package layout

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// share returns a number from 0 to 99 that follows from the parts alone, the
// same on every instance and evenly spread.
func share(parts ...string) int {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return int(binary.BigEndian.Uint64(h.Sum(nil)) % 100)
}

// mix returns a hash of what was before and a change.
func mix(before uint64, id string, at int64) uint64 {
	sum := sha256.Sum256([]byte(strconv.FormatUint(before, 36) + " " + id + " " + strconv.FormatInt(at, 36)))
	return binary.BigEndian.Uint64(sum[:])
}
