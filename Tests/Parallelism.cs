using NUnit.Framework;

// Fixtures run beside each other: much of their time is spent in waiting for disks and processes.
// Those that kill processes or see what all of this process share are marked NonParallelizable.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
