using System.Diagnostics;
using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>DuckDB in a small host of its own (the project <c>DuckDb</c>), since it is a library and no server.</summary>
internal sealed class DuckDbPeer : IPeer
{
    public const string Settings =
        "a library, in a small HTTP host of its own; one table without index in a database file, 2 threads; each request goes through an Appender and is "
            + "committed, which fsyncs";

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("timeseries-duckdb-").FullName;
    private readonly ChildProcess _process;
    private readonly ServerAddress _address;
    private readonly HttpClient _http = BlockingHttp.CreateClient(_timeout);

    /// <param name="program">The built host.</param>
    public DuckDbPeer(string program)
    {
        try
        {
            _process = HostProcess.Start(new ProcessStartInfo("dotnet", [program, _folder]));
            _address = ServerAddress.Parse(_process.Address + "/rows", out _)!;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TextForm Form => TextForm.Tabs;

    public ServerAddress WriteAddress => _address;

    // Two row groups of 122,880 rows: whole ones go straight to the database file, not through its log first.
    public (int Rows, int Connections) Batches => (245_760, 2);

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    public PeerQuery? Find(ComparedQuery query) => new(PathOf(query.DuckDb.Timed), PathOf(query.DuckDb.Exact));

    public long Count() => (long)ResponseRows.Read(Run(HttpMethod.Get, PathOf("SELECT count() FROM transaction")), ResponseRows.Theirs).Sum(0);

    public long Finish() =>
        long.Parse(Run(HttpMethod.Post, _address with { Path = "/checkpoint" }), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ServerAddress PathOf(string statement) => _address with { Path = "/rows?query=" + Uri.EscapeDataString(statement) };

    private byte[] Run(HttpMethod method, ServerAddress address)
    {
        HttpResponseHead response = _http.Exchange(new HttpRequestMessage(method, address.ToString()), out byte[] body);
        return response.Status == 200
            ? body
            : throw new InvalidDataException($"DuckDB responded with {response.Status}: {Encoding.UTF8.GetString(body)}");
    }
}
