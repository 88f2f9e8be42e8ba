package kb

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path"
	"strings"
)

// media keeps the pictures of the bundle, and notes under which names.
func (im *importing) media(ctx context.Context) error {
	taken := map[string]string{} // names to hashes, in this bundle
	for _, item := range im.b.Media {
		name, err := im.picture(ctx, item, taken)
		if err != nil && serious(err) {
			return err
		}
		if err != nil {
			im.problem(Item{File: cmp.Or(item.Path, item.Name)}, err)
			continue
		}
		if item.Path != "" {
			im.links.media[item.Path] = name
		}
		if plain := mediumName(item.Name); im.links.names[plain] == "" {
			im.links.names[plain] = name
		}
	}
	return nil
}

// picture keeps one picture, and returns the name it has. Where another picture
// has that name, of this bundle or from elsewhere, it gets one that no other has.
func (im *importing) picture(ctx context.Context, item MediaItem, taken map[string]string) (string, error) {
	m, file, err := im.l.readMedia(ctx, mediumName(item.Name), item.Data)
	if err != nil {
		return "", err
	}
	if file != nil {
		defer file.discard()
	}
	m.Owner, m.External, m.At = im.by.ID, im.b.Name, im.l.clock()
	for _, m.Name = range []string{m.Name, im.ownName(item)} {
		if hash, ok := taken[m.Name]; ok && hash != m.Hash {
			continue
		}
		old, err := im.l.store.Media(ctx, m.Name)
		switch {
		case err != nil && !errors.Is(err, ErrNotFound):
			return "", err
		case err == nil && old.Hash == m.Hash:
		case err == nil && old.External != im.b.Name:
			continue
		default:
			if err := im.put(ctx, m, file); err != nil {
				return "", err
			}
			im.report.Media++
		}
		taken[m.Name] = m.Hash
		return m.Name, nil
	}
	return "", errors.New("other pictures have its names")
}

// ownName returns a name that follows from where a picture comes from.
func (im *importing) ownName(item MediaItem) string {
	sum := sha256.Sum256([]byte(im.b.Name + "\x00" + cmp.Or(item.Path, item.Name)))
	name := mediumName(item.Name)
	ext := path.Ext(name)
	if len(ext) > 10 {
		ext = ""
	}
	base := []rune(strings.TrimSuffix(name, ext))
	return string(base[:min(len(base), 90)]) + "-" + hex.EncodeToString(sum[:6]) + ext
}

// put stores a medium, with its content if that is a file.
func (im *importing) put(ctx context.Context, m Media, file *spool) error {
	if err := im.l.scan(ctx, im.by, m, file); err != nil {
		return err
	}
	if file != nil {
		if err := im.l.storeFile(ctx, m, file); err != nil {
			return err
		}
	}
	m.Stem = stemOf(m.Name)
	if err := im.l.store.PutMedia(ctx, m); err != nil {
		return err
	}
	return im.l.joined(ctx, m.Name)
}
