// One test after the other: TorchSharp passes scalars that the garbage collector may take while a native call still reads them,
// and a second thread that allocates is what makes that happen.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
