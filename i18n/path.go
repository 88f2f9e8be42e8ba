package i18n

import "strings"

// SplitPath takes an offered locale off the front of a path: "/de/articles/x"
// is "de" and "/articles/x". The locale may be written in any case; compare
// with JoinPath to send a reader to the one spelling. It reports false, and
// returns the path as it is, when there is none. The rest always begins with
// exactly one slash, so it cannot lead to another host.
func (n *Negotiator) SplitPath(path string) (Locale, string, bool) {
	if path == "" || path[0] != '/' {
		return "", path, false
	}
	first, rest, _ := strings.Cut(path[1:], "/")
	i, ok := n.exact(first)
	if !ok {
		return "", path, false
	}
	return n.offered[i], localPath(rest), true
}

// JoinPath puts a locale in front of a path: "pt-BR" and "/articles/x" are
// "/pt-br/articles/x". The zero Locale, and one that is no tag, puts nothing
// there. Whatever it is given, the result is a path of the same host, below the
// locale: steps up ("..") go no further than the start of path.
func JoinPath(l Locale, path string) string {
	path = steady(localPath(path))
	if l == "" || len(l) > MaxLocale || strings.IndexFunc(string(l), notInTag) >= 0 {
		return path
	}
	return "/" + strings.ToLower(string(l)) + path
}

func notInTag(r rune) bool { return !isLetter(r) && (r < '0' || r > '9') && r != '-' }

// localPath begins with one slash; browsers read two, or one and a backslash,
// as the start of a host, and leave out tabs and line breaks before they look.
func localPath(path string) string {
	if strings.ContainsAny(path, "\t\r\n") {
		path = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(path)
	}
	return "/" + strings.TrimLeft(path, `/\`)
}

// steady takes the steps of a path that has any, so that nobody takes them
// later from another place.
func steady(path string) string {
	end := strings.IndexAny(path, "?#")
	if end < 0 {
		end = len(path)
	}
	if !strings.Contains(path[:end], ".") && !strings.Contains(path[:end], "%2") {
		return path
	}
	parts, steps := strings.FieldsFunc(path[:end], isSlash), false
	kept := make([]string, 0, len(parts)+1)
	for i, part := range parts {
		switch strings.ReplaceAll(strings.ToLower(part), "%2e", ".") {
		case "..":
			kept = kept[:max(0, len(kept)-1)]
		case ".":
		default:
			kept = append(kept, part)
			continue
		}
		if steps = true; i == len(parts)-1 {
			kept = append(kept, "")
		}
	}
	if !steps {
		return path
	}
	if isSlash(rune(path[end-1])) && len(kept) > 0 && kept[len(kept)-1] != "" {
		kept = append(kept, "")
	}
	return "/" + strings.Join(kept, "/") + path[end:]
}

func isSlash(r rune) bool { return r == '/' || r == '\\' }
