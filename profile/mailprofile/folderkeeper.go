package mailprofile

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/stoa-go/stoa/profile"
)

// FolderKeeper returns the [profile.Keeper], named "mails", of the mails that
// [Folder] wrote to people. What really went out is its recipient's; what lies in
// a folder is nobody's but the portal's.
func FolderKeeper(dir string, people profile.PersonStore) profile.Keeper {
	f := folder{dir, people}
	return profile.NewKeeper("mails", f.export, f.erase)
}

type folder struct {
	dir    string
	people profile.PersonStore
}

// A written is what is told of a mail in a folder.
type written struct {
	To      string    `json:"to"`
	Subject string    `json:"subject"`
	At      time.Time `json:"at"`
	path    string
}

func (f folder) export(ctx context.Context, person string) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		list, err := f.to(ctx, person)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, w := range list {
			if !yield(w, nil) {
				return
			}
		}
	}
}

func (f folder) erase(ctx context.Context, person string, _ profile.Erasure) (done profile.Erased, err error) {
	list, err := f.to(ctx, person)
	for _, w := range list {
		switch gone := os.Remove(w.path); {
		case gone == nil:
			done.Removed++
		case !errors.Is(gone, fs.ErrNotExist):
			err = errors.Join(err, gone)
		}
	}
	return done, err
}

// to returns the mails to the address of a person.
func (f folder) to(ctx context.Context, person string) (list []written, err error) {
	p, err := f.people.Person(ctx, person)
	if errors.Is(err, profile.ErrNotFound) || err == nil && p.Email == "" {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(f.dir, "*.eml"))
	for _, path := range paths {
		w, ours, err := read(path, p.Email)
		if err != nil {
			return nil, err
		}
		if ours {
			list = append(list, w)
		}
	}
	return list, err
}

// read returns a mail, and whether it is to an address.
func read(path, address string) (w written, ours bool, err error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return w, false, nil
	}
	if err != nil {
		return w, false, err
	}
	defer func() { _ = file.Close() }()
	m, err := mail.ReadMessage(file)
	if err != nil {
		return w, false, nil // somebody else's file
	}
	to, err := m.Header.AddressList("To")
	for _, a := range to {
		ours = ours || strings.EqualFold(a.Address, address)
	}
	if err != nil || !ours {
		return w, false, nil
	}
	w.path, w.To = path, address
	w.At, _ = m.Header.Date()
	if w.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		w.Subject = m.Header.Get("Subject")
	}
	return w, true, nil
}
