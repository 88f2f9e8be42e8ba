package mailin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
)

// A Receive takes a mail as it came. It is called at least once for each: again
// with the same Key if it returned an error, or if its driver was cut off before it
// could note that it did not. An error that is errs.Invalid says that the mail
// will never be taken.
type Receive func(ctx context.Context, raw io.Reader, e Envelope) error

// An Envelope is what is known of a mail beside what is in it.
type Envelope struct {
	Key    string   // the same whenever this mail is handed over: what tells repeats
	Driver string   // that brought it: "imap", "smtp", "webhook"
	From   string   // that the sending server said; empty for reports, or where nobody knows
	To     []string // that it was sent to, which its header may not say
	Remote string   // address of the sending server, if it is known
}

// KeyOf returns the key of a mail that a driver's provider has an id for. It says
// nothing of the id.
func KeyOf(driver, id string) string {
	sum := sha256.Sum256([]byte(driver + "\x00" + id))
	return hex.EncodeToString(sum[:16])
}
