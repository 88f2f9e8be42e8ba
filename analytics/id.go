package analytics

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// ids makes UUIDs of version 7 that grow with every call, also within a
// millisecond and when the clock steps back: events of one moment stay in the
// order in which they were recorded. It is not safe for concurrent use.
type ids struct {
	millis  int64
	counter uint16 // 12 bits
}

func (s *ids) next(now time.Time) string {
	if ms := now.UnixMilli(); ms > s.millis {
		s.millis, s.counter = ms, 0
	} else if s.counter++; s.counter > 0xfff {
		s.millis, s.counter = s.millis+1, 0
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(s.millis)<<16|0x7000|uint64(s.counter))
	rand.Read(b[8:])
	b[8] = b[8]&0x3f | 0x80
	return format(b)
}

func format(b [16]byte) string {
	var s [36]byte
	hex.Encode(s[:8], b[:4])
	hex.Encode(s[9:13], b[4:6])
	hex.Encode(s[14:18], b[6:8])
	hex.Encode(s[19:23], b[8:10])
	hex.Encode(s[24:], b[10:])
	s[8], s[13], s[18], s[23] = '-', '-', '-', '-'
	return string(s[:])
}
