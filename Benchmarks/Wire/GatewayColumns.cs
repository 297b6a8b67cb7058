using System.Text;
using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>
/// What an API gateway in front of the services would note of each transaction: the API, the caller's key with its alias, the OAuth client, and how long
/// the service behind took. Made up, but always the same for the same sample: a service belongs to one API, a caller has one key, a key one client. Immutable.
/// </summary>
internal sealed class GatewayColumns
{
    public const int ApiCount = 20;
    public const int KeyCount = 2_000;
    public const int ClientCount = 100;

    // The gateway itself takes the rest.
    private const double UpstreamShare = 0.9;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);

    // Who called, by what the samples have: generated ones a user, recorded ones at least the span.
    private static readonly string[] _callers = ["user_id", "remote_ip", "txid", "service"];

    private readonly Link _apiIds = new(ApiCount, i => $"{i * 0x9E3779B1L:x32}");
    private readonly Link _apiNames = new(ApiCount, i => $"api-{i:D2}");
    private readonly Link _keys = new(KeyCount, i => $"{(ulong)i * 0x9E3779B97F4A7C15UL:x16}");
    private readonly Link _aliases = new(KeyCount, i => $"caller-{i:D4}");
    private readonly Link _clients = new(ClientCount, i => $"{i * 0xC2B2AE35L:x32}");

    /// <summary>The columns that transactions lack, for as many samples.</summary>
    public IEnumerable<WireColumn> MissingFrom(WireColumn[] columns)
    {
        WireColumn? service = Find(columns, "service");
        WireColumn? caller = _callers.Select(name => Find(columns, name)).FirstOrDefault(column => column is { IsFresh: false });
        IEnumerable<WireColumn> all =
        [
            Texts("api_id", service, _apiIds), Texts("api_name", service, _apiNames), Texts("api_key", caller, _keys), Texts("alias", caller, _aliases),
            Texts("oauth_id", caller, _clients), Upstream(Find(columns, "elapsed")),
        ];
        return all.Where(column => column.Count > 0 && Find(columns, column.Field.Name) is null);
    }

    private static WireColumn Texts(string name, WireColumn? source, Link link)
    {
        WireColumn column = Column(name, source?.Source is TextChoices ? new LinkedTexts(source, link.Choices) : null);
        for (int row = 0; row < (source?.Count ?? 0); row++)
        {
            if (source!.IsMissing(row))
            {
                column.AddMissing();
            }
            else
            {
                column.Add(link.Texts[TextChoices.LinkOf(source.Text(row), link.Texts.Length)]);
            }
        }

        return column;
    }

    private static WireColumn Upstream(WireColumn? elapsed)
    {
        WireColumn column = Column("upstream_latency", elapsed?.Source is Quantiles ? new LinkedNumbers(elapsed, UpstreamShare) : null);
        for (int row = 0; row < (elapsed?.Count ?? 0); row++)
        {
            if (elapsed!.IsMissing(row))
            {
                column.AddMissing();
            }
            else
            {
                column.Add(Math.Round(elapsed.Decimal(row) * UpstreamShare, 3));
            }
        }

        return column;
    }

    private static WireColumn Column(string name, ValueSource? source) => new(_schema.Fields[_schema.Ordinal(name)]) { Source = source };

    private static WireColumn? Find(WireColumn[] columns, string name) => Array.Find(columns, column => column.Field.Name == name);

    // Texts that others belong to.
    private sealed class Link
    {
        public Link(int count, Func<int, string> name)
        {
            Texts = [.. Enumerable.Range(1, count).Select(i => Encoding.UTF8.GetBytes(name(i)))];
            Choices = new TextChoices(Texts);
        }

        public byte[][] Texts { get; }

        public TextChoices Choices { get; }
    }
}
