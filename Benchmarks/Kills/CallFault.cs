namespace TimeSeries.Benchmarks.Kills;

/// <summary>
/// Calls to the disk that fail in a real process, as strace makes them. Only such calls are among them as the runtime makes for no file of its own: a process
/// that can't load its code is no matter of the product.
/// </summary>
/// <param name="Calls">The system calls.</param>
/// <param name="Error">What they fail with.</param>
/// <param name="When">
/// Which of them, of each thread, as strace writes it: <c>N</c> the Nth, <c>N+</c> all from the Nth on, <c>N+K</c> each Kth from there.
/// </param>
internal sealed record CallFault(string Calls, string Error, string When)
{
    // A thread makes a few of a kind in a round.
    private const int LatestFirst = 15;
    private const int LongestStep = 8;

    /// <summary>What can fail: writes, flushes, changes of names and reservations of room.</summary>
    public static IReadOnlyList<(string Calls, string Error)> Kinds { get; } =
    [
        ("pwrite64,pwritev", "EIO"), ("pwrite64,pwritev", "ENOSPC"), ("fsync,fdatasync", "EIO"), ("rename", "EIO"), ("rename", "ENOSPC"),
        ("fallocate", "ENOSPC"), ("unlink", "EIO"),
    ];

    /// <summary>Draws one.</summary>
    public static CallFault Draw(Random random)
    {
        (string calls, string error) = Kinds[random.Next(Kinds.Count)];
        int first = random.Next(1, LatestFirst);
        string more = random.Next(3) switch
        {
            0 => "",
            1 => "+",
            _ => $"+{random.Next(2, LongestStep)}",
        };
        return new CallFault(calls, error, $"{first}{more}");
    }

    /// <summary>How strace starts a program whose calls fail.</summary>
    /// <param name="output">Where it writes these calls.</param>
    public string[] Arguments(string output) =>
    [
        "strace", "-f", "--seccomp-bpf", "-e", "signal=none", "-e", $"trace={Calls}", "-e", $"inject={Calls}:error={Error}:when={When}", "-o", output,
    ];

    /// <summary>How many calls have failed by it.</summary>
    public static int Count(string output) => File.ReadLines(output).Count(line => line.EndsWith("(INJECTED)", StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{Calls} {Error}";
}
