using System.Globalization;
using System.Text;

namespace TimeSeries.Benchmarks.Kills;

/// <summary>What a run of kills met.</summary>
internal sealed record KillReport
{
    /// <summary>Kills before the server listened.</summary>
    public int WhileStarting { get; set; }

    /// <summary>Kills under pushes of which some had no response.</summary>
    public int UnderPushes { get; set; }

    /// <summary>Kills of a server to which nothing was on its way.</summary>
    public int Idle { get; set; }

    /// <summary>Kills that left a block or manifest half written.</summary>
    public int WithinSeals { get; set; }

    /// <summary>Rounds in which calls failed, by the kind of fault, with how many calls that were.</summary>
    public SortedDictionary<string, (int Rounds, int Calls)> Faults { get; } = new(StringComparer.Ordinal);

    /// <summary>Starts that failing calls ended.</summary>
    public int FailedStarts { get; set; }

    public int Pushes { get; set; }

    public int Acknowledged { get; set; }

    /// <summary>Sendings of a batch that was sent before.</summary>
    public int Resent { get; set; }

    /// <summary>Responses that said that the batch was known already.</summary>
    public int ToldDuplicates { get; set; }

    /// <summary>Responses that said that the server can't take a batch now.</summary>
    public int Refused { get; set; }

    public long Blocks { get; set; }

    /// <summary>Comparisons of all that some rounds pushed with what the server has.</summary>
    public int Checks { get; set; }

    /// <summary>What differs; null for nothing.</summary>
    public string? Difference { get; set; }

    /// <summary>A line a figure.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        void Add(string name, long value) => text.Append(CultureInfo.InvariantCulture, $"{name,-40}{value,12:N0}\n");
        Add("kills", WhileStarting + UnderPushes + Idle);
        Add("  before it listened", WhileStarting);
        Add("  under pushes", UnderPushes);
        Add("  with nothing on its way", Idle);
        Add("  with a file half written", WithinSeals);
        foreach ((string kind, (int rounds, int calls)) in Faults)
        {
            Add($"rounds with {kind}", rounds);
            Add("  calls that failed", calls);
        }

        Add("starts that failing calls ended", FailedStarts);
        Add("pushes", Pushes);
        Add("  acknowledged", Acknowledged);
        Add("  sent again", Resent);
        Add("  told to be known already", ToldDuplicates);
        Add("  told to come later", Refused);
        Add("samples acknowledged", (long)Acknowledged * TrackedPush.Samples);
        Add("blocks at the end", Blocks);
        Add("comparisons", Checks);
        return text.Append(Difference ?? "no difference").ToString();
    }
}
