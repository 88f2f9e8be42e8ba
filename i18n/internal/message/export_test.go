package message

// Work returns how many bytes parsing src looks at.
func Work(src string) int {
	p := &parser{src: src}
	_, _ = p.parse()
	return p.reads
}
