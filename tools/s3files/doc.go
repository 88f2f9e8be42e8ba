// Package s3files keeps files in a bucket of Amazon S3 or of another server that
// speaks its protocol, such as MinIO, Ceph, R2 or Garage.
//
//	files, err := s3files.New("https://s3.eu-central-1.amazonaws.com/my-bucket/portal/", s3files.Options{Region: "eu-central-1", Key: key, Secret: secret})
//	library := kb.NewLibrary(store, &kb.Options{Files: files})
//
// All instances on one database share the bucket. [Files] is what every capability
// that keeps files asks for, such as kb.Files.
//
// # How files are kept
//
// What is put under a key is an object of its own, named after the key and the
// time: nothing is ever overwritten, so that a file is whole or not there, what is
// removed is never what was put meanwhile, and no server needs conditional writes.
// Open takes the newest, and Remove and Keys tidy up older ones. Two that are put
// within a second by machines whose clocks differ are in the order of these clocks.
//
// A file is read as it comes; to go back or ahead in it asks the server again. So
// one that is removed stays readable to who has it open, as far as they read on
// from where they are.
//
// # The bucket
//
// It must be private, and the key needs s3:PutObject, s3:GetObject, s3:DeleteObject
// and s3:ListBucket in it. Files are larger than none that the server takes in one
// piece (5 GB at Amazon's). Versioning of the bucket keeps what was removed, and so
// what somebody asked to be erased: switch it off, or have old versions expire.
package s3files
