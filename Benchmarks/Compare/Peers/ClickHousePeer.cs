using System.Diagnostics;
using System.Globalization;
using System.Text;
using TimeSeries.Benchmarks.Compare.Requests;
using TimeSeries.Benchmarks.Hosts;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks.Compare.Peers;

/// <summary>A ClickHouse server (18.16 and later) with one MergeTree table, asked over HTTP.</summary>
internal sealed class ClickHousePeer : IPeer
{
    public const string Settings =
        "MergeTree PARTITION BY toDate(time) ORDER BY time, plain String columns, the package's default profile; inserts are not fsynced";

    private const string Table = """
        CREATE TABLE transaction (
          time DateTime, millisecond UInt16, service String, elapsed UInt64, txid String, method String, status UInt16, error UInt8, sql_count UInt32,
          sql_time UInt64, httpc_count UInt32, httpc_time UInt64, cpu_time UInt64, malloc UInt64, remote_ip String, user_id String, oname String
        ) ENGINE = MergeTree PARTITION BY toDate(time) ORDER BY time
        """;

    // As the package configures it.
    private const string Users = """
        <yandex>
          <profiles><default><max_memory_usage>10000000000</max_memory_usage><use_uncompressed_cache>0</use_uncompressed_cache>
            <load_balancing>random</load_balancing></default></profiles>
          <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
          <quotas><default></default></quotas>
        </yandex>
        """;

    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("timeseries-clickhouse-").FullName;
    private readonly ChildProcess _process;
    private readonly ServerAddress _address;
    private readonly HttpClient _http = BlockingHttp.CreateClient(_timeout);

    public ClickHousePeer(string program)
    {
        int[] ports = FreePorts.Take(3);
        _address = new ServerAddress("127.0.0.1", ports[0], "/");
        string configuration = Path.Combine(_folder, "config.xml");
        File.WriteAllBytes(configuration, Encoding.UTF8.GetBytes(Configuration(ports)));
        File.WriteAllBytes(Path.Combine(_folder, "users.xml"), Encoding.UTF8.GetBytes(Users));
        try
        {
            _process = ChildProcess.Start(
                new ProcessStartInfo(program, ["--config-file=" + configuration]) { WorkingDirectory = _folder }, "http://" + _address.Authority, Answers);
            Run(Table);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public TextForm Form => TextForm.Tabs;

    public ServerAddress WriteAddress => PathOf("INSERT INTO transaction FORMAT TabSeparated");

    public (int Rows, int Connections) Batches => (100_000, 2);

    public TimeSpan ProcessorTime => _process.ProcessorTime;

    public PeerQuery? Find(ComparedQuery query) => new(PathOf(query.ClickHouse.Timed), PathOf(query.ClickHouse.Exact));

    public long Count() => Number("SELECT count() FROM transaction");

    public long Finish()
    {
        Run("OPTIMIZE TABLE transaction FINAL");
        return Number("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'default' AND table = 'transaction'");
    }

    public void Dispose()
    {
        _process?.Dispose();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ServerAddress PathOf(string statement) => _address with { Path = "/?query=" + Uri.EscapeDataString(statement) };

    private long Number(string statement) => long.Parse(Run(statement).Trim(), CultureInfo.InvariantCulture);

    private string Run(string statement)
    {
        HttpResponseHead response = _http.Exchange(new HttpRequestMessage(HttpMethod.Post, PathOf(statement).ToString()), out byte[] body);
        string text = Encoding.UTF8.GetString(body);
        return response.Status == 200 ? text : throw new InvalidDataException($"ClickHouse answered {response.Status} to {statement}: {text}");
    }

    private bool Answers()
    {
        try
        {
            return _http.Get(_address.Of("/ping"), out _).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Configuration(int[] ports) => string.Create(CultureInfo.InvariantCulture, $"""
        <yandex>
          <logger><level>warning</level><console>1</console></logger>
          <listen_host>127.0.0.1</listen_host>
          <http_port>{ports[0]}</http_port><tcp_port>{ports[1]}</tcp_port><interserver_http_port>{ports[2]}</interserver_http_port>
          <max_concurrent_queries>100</max_concurrent_queries>
          <uncompressed_cache_size>8589934592</uncompressed_cache_size><mark_cache_size>5368709120</mark_cache_size>
          <path>{_folder}/data/</path><tmp_path>{_folder}/tmp/</tmp_path>
          <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
        </yandex>
        """);
}
