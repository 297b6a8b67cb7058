using System.Text;
using NUnit.Framework;
using TimeSeries.Core.Files;
using TimeSeries.Core.Storage.Influx.Configuration;
using TimeSeries.Simulation.Disk;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Influx.Writing;

/// <summary>influx.env and the environment become options, or errors that name what is wrong and show no secret.</summary>
internal sealed class WriteOptionsTests
{
    private const string Secret = "s3cret-of-nobody";

    private readonly Dictionary<string, string> _environment = [];
    private FaultyFileSystem _files = new();

    [SetUp]
    public void Start()
    {
        _files = new FaultyFileSystem();
        _environment.Clear();
    }

    [Test]
    public void Without_file_and_environment_there_are_defaults()
    {
        InfluxOptions options = Read().Options!;
        Assert.That((options.Host, options.Database, options.BatchLines, options.BatchBytes, options.Gzip),
            Is.EqualTo((new Uri("http://127.0.0.1:8086"), "apm", 5_000, 1 << 20, false)));
    }

    [Test]
    public void The_file_at_the_top_level_says_the_defaults()
    {
        InfluxOptionsOutcome outcome = InfluxOptionsReader.Read(new DiskFileSystem(), RepositoryFolder.FullName, null, _ => null);
        InfluxOptions defaults = new();
        InfluxOptions options = outcome.Options!;
        Assert.That(
            (options.Host, options.Org, options.Database, options.RetentionPolicy, options.WriteApi, options.CreateDatabase, options.Retention),
            Is.EqualTo((defaults.Host, defaults.Org, defaults.Database, defaults.RetentionPolicy, defaults.WriteApi,
                defaults.CreateDatabase, defaults.Retention)));
        Assert.That(
            (options.Timeout, options.Gzip, options.BatchLines, options.BatchBytes, options.FlushAge, options.Credentials.IsEmpty),
            Is.EqualTo((defaults.Timeout, defaults.Gzip, defaults.BatchLines, defaults.BatchBytes, defaults.FlushAge, true)));
    }

    [Test]
    public void The_file_is_found_upwards()
    {
        Put("/etc/app/influx.env", "INFLUX_DATABASE=up/week # the database");
        InfluxOptionsOutcome outcome = Read();
        Assert.That((outcome.Path, outcome.Options!.Database, outcome.Options.RetentionPolicy), Is.EqualTo(("/etc/app/influx.env", "up", "week")));
    }

    [Test]
    public void The_environment_wins_over_the_file()
    {
        Put("/etc/app/run/influx.env", "INFLUX_DATABASE=of-file\nINFLUX_HOST=http://of-file:1");
        _environment["INFLUX_BUCKET"] = "of-environment";
        InfluxOptions options = Read().Options!;
        Assert.That((options.Database, options.Host.Host), Is.EqualTo(("of-environment", "of-file")));
    }

    [TestCase("INFLUXDB_V2_URL")]
    [TestCase("INFLUXDB3_HOST_URL")]
    [TestCase("INFLUX_HOST")]
    public void The_address_has_the_names_that_others_gave_it(string name)
    {
        _environment[name] = "influx.example:8181";
        Assert.That(Read().Options!.Host, Is.EqualTo(new Uri("http://influx.example:8181")));
    }

    [Test]
    public void A_token_comes_from_a_file()
    {
        Put("/run/secrets/token", Secret + "\n");
        _environment["INFLUX_TOKEN_FILE"] = "/run/secrets/token";
        Assert.That(Read().Options!.Credentials.ToHeader()!.ToString(), Is.EqualTo("Token " + Secret));
    }

    [Test]
    public void Queries_use_the_read_only_account_where_there_is_one()
    {
        _environment["INFLUX_TOKEN"] = "writer";
        _environment["INFLUX_READ_TOKEN"] = "reader";
        _environment["INFLUX_AUTH_SCHEME"] = "bearer";
        InfluxOptions options = Read().Options!;
        Assert.That((options.Credentials.ToHeader()!.ToString(), options.ReadCredentials.ToHeader()!.ToString()),
            Is.EqualTo(("Bearer writer", "Bearer reader")));
    }

    [Test]
    public void All_errors_are_told_at_once_with_key_and_value()
    {
        Put("/etc/app/run/influx.env",
            "INFLUX_TIMEOUT_MS=soon\nINFLUX_GZIP=perhaps\nINFLUX_BATCH_BYTES=5000000\nINFLUX_WRITE_API=v9\nINFLUX_RETENTION=30\nno setting");
        IReadOnlyList<string> errors = Read().Errors;
        Assert.That(errors, Has.Count.EqualTo(6));
        Assert.That(string.Join('\n', errors),
            Does.Contain("INFLUX_TIMEOUT_MS = 'soon'").And.Contain("INFLUX_GZIP = 'perhaps'").And.Contain("INFLUX_BATCH_BYTES = '5000000'")
            .And.Contain("INFLUX_WRITE_API = 'v9'").And.Contain("INFLUX_RETENTION = '30'").And.Contain("line 6"));
    }

    [Test]
    public void No_error_and_no_text_shows_a_secret()
    {
        _environment["INFLUX_HOST"] = $"http://user:{Secret}@influx:8086";
        _environment["INFLUX_TOKEN"] = Secret + "\u00E9";
        _environment["INFLUX_PASSWORD"] = Secret;
        InfluxOptionsOutcome outcome = Read();
        InfluxOptions options = new() { Credentials = new InfluxCredentials(Secret) };
        Assert.That(outcome.Errors, Has.Count.EqualTo(3));
        Assert.That(string.Join('\n', outcome.Errors) + options + options.Credentials, Does.Not.Contain(Secret));
    }

    [Test]
    public void A_missing_file_that_was_asked_for_is_an_error() =>
        Assert.That(InfluxOptionsReader.Read(_files, "/etc/app", "other.env", _ => null).Errors.Single(), Does.Contain("/etc/app/other.env"));

    private InfluxOptionsOutcome Read() => InfluxOptionsReader.Read(_files, "/etc/app/run", null, _environment.GetValueOrDefault);

    private void Put(string path, string text)
    {
        _files.CreateDirectory(Path.GetDirectoryName(path)!);
        using IFile file = _files.Create(path);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
    }
}
