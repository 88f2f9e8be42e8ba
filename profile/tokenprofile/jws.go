package tokenprofile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxToken = 8192 // bytes
	maxDepth = 8    // of objects and lists in a claim
)

// subject returns whom a token is about, if it is good now.
func (a *Authenticator) subject(token string) (string, error) {
	if len(token) > maxToken {
		return "", refuse("it is too long")
	}
	head, rest, _ := strings.Cut(token, ".")
	body, tail, _ := strings.Cut(rest, ".")
	if head == "" || body == "" || tail == "" || strings.Contains(tail, ".") {
		return "", refuse("it has not three parts")
	}
	header, err := part(head)
	if err != nil {
		return "", refuse("the header: " + err.Error())
	}
	key, err := a.key(header)
	if err != nil {
		return "", err
	}
	signature, err := decode(tail)
	if err != nil || !key.verifies([]byte(head+"."+body), signature) {
		return "", refuse("the signature is wrong")
	}
	claims, err := part(body)
	if err != nil {
		return "", refuse("the claims: " + err.Error())
	}
	return a.check(claims)
}

// KeyID returns which key the JSON Web Token in the header Authorization of a
// request says it is signed with, and whether there is such a token. It is for
// hosts that look keys up as they run: nothing has been checked yet.
func KeyID(r *http.Request) (id string, found bool) {
	token, found, err := bearer(r)
	if err != nil || !found || len(token) > maxToken || strings.Count(token, ".") != 2 {
		return "", false
	}
	head, _, _ := strings.Cut(token, ".")
	header, err := part(head)
	if err != nil {
		return "", false
	}
	id, _, err = header.text("kid")
	return id, err == nil
}

// An object is a JSON object whose names are each there once, by their exact
// spelling.
type object map[string]json.RawMessage

// key returns the key that a token names, if it is signed with it by the
// algorithm of the key. The name is looked up and used for nothing else.
func (a *Authenticator) key(header object) (Key, error) {
	for name := range header {
		if name != "alg" && name != "typ" && name != "kid" {
			return Key{}, refuse("the header holds more than alg, typ and kid")
		}
	}
	if typ, there, err := header.text("typ"); err != nil || there && !strings.EqualFold(typ, "JWT") {
		return Key{}, refuse("it is no JWT")
	}
	id, there, err := header.text("kid")
	if err != nil || there && id == "" {
		return Key{}, refuse("kid is no name")
	}
	key, ok := a.keys[id]
	if !ok {
		return Key{}, refuse("the key is unknown")
	}
	if alg, _, err := header.text("alg"); err != nil || alg != string(key.Algorithm) {
		return Key{}, refuse("the algorithm is not that of the key")
	}
	return key, nil
}

// check returns the subject of claims that hold now.
func (a *Authenticator) check(claims object) (string, error) {
	if issuer, _, err := claims.text("iss"); err != nil || issuer != a.opts.Issuer {
		return "", refuse("it is from another issuer")
	}
	if !claims.lists("aud", a.opts.Audience) {
		return "", refuse("it is for another audience")
	}
	if err := a.checkTimes(claims); err != nil {
		return "", err
	}
	subject, _, err := claims.text("sub")
	if err != nil || !validSubject(subject) {
		return "", refuse("the subject is missing or odd")
	}
	return subject, nil
}

func (a *Authenticator) checkTimes(claims object) error {
	now := a.opts.Now()
	expires, there, err := claims.time("exp")
	switch {
	case err != nil || !there:
		return refuse("it does not say when it expires")
	case !now.Before(expires.Add(a.opts.Skew)):
		return refuse("it has expired")
	case expires.After(now.Add(a.opts.Life + a.opts.Skew)):
		return refuse("it is good for too long")
	}
	for _, name := range []string{"iat", "nbf"} {
		from, there, err := claims.time(name)
		if err != nil || there && from.After(now.Add(a.opts.Skew)) {
			return refuse(name + " is in the future or no time")
		}
		if there && name == "iat" && expires.Sub(from) > a.opts.Life {
			return refuse("it is good for too long")
		}
	}
	return nil
}

// part decodes a part of a token that is an object.
func part(text string) (object, error) {
	data, err := decode(text)
	if err != nil {
		return nil, err
	}
	if !utf8.Valid(data) || !bytes.HasPrefix(data, []byte("{")) {
		return nil, errors.New("no JSON object")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := once(d, 0); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows")
	}
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return nil, errors.New("no JSON object")
	}
	return o, nil
}

// decode takes the one spelling that bytes have in base64url. The decoder of
// the standard library skips line breaks.
func decode(text string) ([]byte, error) {
	data, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || strings.ContainsAny(text, "\r\n") {
		return nil, errors.New("no base64url")
	}
	return data, nil
}

// once reads a value and reports names that are in one object twice: which of
// them counts would be anybody's guess.
func once(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return errors.New("no JSON")
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == maxDepth {
		return errors.New("too deep")
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return errors.New("no JSON")
			}
			if text, _ := name.(string); seen[text] {
				return errors.New("a name is there twice")
			} else {
				seen[text] = true
			}
		}
		if err := once(d, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return errors.New("no JSON")
	}
	return nil
}

// text returns a member that must be a text if it is there.
func (o object) text(name string) (value string, there bool, err error) {
	raw, there := o[name]
	if !there {
		return "", false, nil
	}
	if len(raw) == 0 || raw[0] != '"' {
		return "", true, errors.New("no text")
	}
	err = json.Unmarshal(raw, &value)
	return value, true, err
}

// lists reports whether a member is the text, or a list of texts with it.
func (o object) lists(name, want string) bool {
	if value, _, err := o.text(name); err == nil {
		return value == want
	}
	var list []any
	if json.Unmarshal(o[name], &list) != nil {
		return false
	}
	found := false
	for _, v := range list {
		text, ok := v.(string)
		if !ok {
			return false
		}
		found = found || text == want
	}
	return found
}

const lastSecond = 253402300799 // of the year 9999

// time returns a member that must be seconds since 1970 if it is there.
func (o object) time(name string) (at time.Time, there bool, err error) {
	raw, there := o[name]
	if !there {
		return time.Time{}, false, nil
	}
	if len(raw) == 0 || raw[0] < '0' || raw[0] > '9' {
		return time.Time{}, true, errors.New("no time")
	}
	seconds, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || seconds < 0 || seconds > lastSecond {
		return time.Time{}, true, errors.New("no time")
	}
	whole, part := math.Modf(seconds)
	return time.Unix(int64(whole), int64(part*1e9)), true, nil
}
