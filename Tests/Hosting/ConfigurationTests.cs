using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using TimeSeries.Core.Schema;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;
using TimeSeries.Hosting.Running;
using TimeSeries.Ingest;
using TimeSeries.Server;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Hosting;

public sealed class ConfigurationTests
{
    [TestCase("1048576", 1_048_576)]
    [TestCase("64MiB", 67_108_864)]
    [TestCase("16MB", 16_000_000)]
    [TestCase("1.5 kib", 1_536)]
    [TestCase("2GiB", 2_147_483_648)]
    [TestCase("7B", 7)]
    public void Sizes_are_numbers_with_or_without_a_unit(string text, long bytes) => Assert.That(ByteSize.Parse(text), Is.EqualTo(bytes));

    [TestCase("")]
    [TestCase("MiB")]
    [TestCase("-1")]
    [TestCase("64XB")]
    [TestCase("0.3B")]
    [TestCase("99999999999GiB")]
    public void What_is_no_size_is_none(string text) => Assert.That(ByteSize.Parse(text), Is.Null);

    [TestCase("10m", 600)]
    [TestCase("1h", 3_600)]
    [TestCase("30d", 2_592_000)]
    [TestCase("00:10:00", 600)]
    [TestCase("1.5s", 1.5)]
    [TestCase("500ms", 0.5)]
    public void Durations_are_numbers_with_a_unit(string text, double seconds) =>
        Assert.That(DurationText.Parse(text), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase("10")]
    [TestCase("m")]
    [TestCase("1w")]
    [TestCase("-1h")]
    public void What_is_no_duration_is_none(string text) => Assert.That(DurationText.Parse(text), Is.Null);

    [Test]
    public async Task Every_error_is_told_at_once_with_key_and_value()
    {
        IReadOnlyList<string> errors = await ErrorsAsync(
            "--Storage:Knd=embedded", "--Storage:HeadBytes=64XB", "--Storage:Retention=1m", "--Storage:Retentions:threads=7d", "--Ingest:IdWindow=10",
            "--Projects:0:Pcode=0", "--Query:MaxGroups=none", "--Http:CorsOrigin=x", "--Sturage:Kind=embedded", "here");

        string[] starts =
        [
            "Storage:Knd: there is no such option", "Storage:HeadBytes: '64XB' is not a size", "Storage:Retention: '1m' must be from 1h to 36500d",
            "Storage:Retentions: 'threads' is no kind", "Ingest:IdWindow: '10' is not a duration", "Projects:0:Pcode: ",
            "Query:MaxGroups: 'none' is not a number",
            "Http:CorsOrigin: there is no such option", "Sturage:Kind: there is no such option", "here: ",
        ];
        foreach (string start in starts)
        {
            Assert.That(errors, Has.One.StartsWith(start), string.Join('\n', errors));
        }

        Assert.That(errors, Has.Count.EqualTo(starts.Length), string.Join('\n', errors));
    }

    [Test]
    public async Task A_token_must_name_one_project() => Assert.That(
        await ErrorsAsync("--Projects:0:Pcode=1", "--Projects:0:Tokens:0:Secret=hush", "--Projects:1:Pcode=2", "--Projects:1:Tokens:0:Secret=hush"),
        Is.EqualTo(new[] { "Projects:1:Tokens:0: the token stands twice; it must name one project." }));

    [TestCase("--Projects:0:Tokens:0:Sha256=not-a-hash-but-hush")]
    [TestCase("--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:0:Sha256=hush")]
    [TestCase("--Projects:0:Tokens:0:Secret=hush", "--Projects:0:Tokens:1:Secret=hush")]
    [TestCase("--Projects:0:AccessKeys:0:Secret=hush")]
    public async Task No_error_shows_a_secret(params string[] arguments)
    {
        IReadOnlyList<string> errors = await ErrorsAsync(["--Projects:0:Pcode=1", .. arguments]);

        Assert.That(errors, Is.Not.Empty);
        Assert.That(errors, Has.None.Contains("hush"));
    }

    [Test]
    public async Task Nothing_is_opened_while_another_section_has_an_error()
    {
        using TemporaryFolder folder = new();

        Assert.That(await ErrorsAsync($"--Storage:Directory={folder["data"]}", "--Query:MaxRows=none"), Has.Count.EqualTo(1));
        Assert.That(Directory.Exists(folder["data"]), Is.False);
    }

    [Test]
    public async Task A_text_that_is_no_number_is_told_once() =>
        Assert.That(await ErrorsAsync("--Projects:0:Pcode=one"), Is.EqualTo(new[] { "Projects:0:Pcode: 'one' is not a number." }));

    [Test]
    public async Task An_error_names_the_key_of_a_list_with_gaps() => Assert.That(
        await ErrorsAsync("--Projects:5:Pcode=1", "--Projects:5:Tokens:3:Sha256=hush"),
        Is.EqualTo(new[] { "Projects:5:Tokens:3:Sha256: the value (not shown): must be 64 hexadecimal digits." }));

    [Test]
    public async Task A_value_may_follow_its_key() =>
        Assert.That(await ErrorsAsync("--Query:MaxRows", "none"), Is.EqualTo(new[] { "Query:MaxRows: 'none' is not a number." }));

    [Test]
    public async Task Every_size_and_every_duration_is_written_with_its_unit()
    {
        await using WebApplication app = ServerHost.Build([]);
        PropertyDescriptor[] properties = [
            .. app.Services.GetServices<OptionsSection>().SelectMany(section => TypeDescriptor.GetProperties(section.Type).Cast<PropertyDescriptor>())];

        Assert.That(
            properties.Where(property => property.Name.EndsWith("Bytes", StringComparison.Ordinal)).Select(property => property.Converter),
            Is.Not.Empty.And.All.TypeOf<ByteSize.Converter>());
        Assert.That(
            properties.Where(property => property.PropertyType.ToString().Contains(nameof(TimeSpan), StringComparison.Ordinal))
                .Select(property => property.Converter),
            Is.Not.Empty.And.All.TypeOf<DurationText.Converter>());
    }

    [Test]
    public void A_queue_must_hold_the_largest_batch() =>
        Assert.That(new IngestOptions { QueueBytes = 1L << 20 }.Validate(new(new object())), Is.Not.Empty);

    [Test]
    public void Scopes_are_a_list_or_joined_by_commas()
    {
        ProjectListOptions options = Read<ProjectListOptions>(
            ProjectListOptions.Section,
            ("Projects:0:Pcode", "7"), ("Projects:0:Tokens:0:Secret", "a"), ("Projects:0:Tokens:0:Scopes", "read,admin"),
            ("Projects:0:Tokens:1:Secret", "b"), ("Projects:0:Tokens:1:Scopes:0", "ingest"), ("Projects:0:Tokens:1:Scopes:1", "admin"),
            ("Projects:0:Tokens:2:Secret", "c"));

        Assert.That(
            options.Projects[0].Tokens.Select(token => token.Scopes),
            Is.EqualTo(new[] { Scopes.Read | Scopes.Admin, Scopes.Ingest | Scopes.Admin, Scopes.Ingest | Scopes.Read }));
    }

    [TestCase("1", true)]
    [TestCase("TRUE", true)]
    [TestCase("0", false)]
    [TestCase("", false)]
    public void A_flag_is_true_or_false_or_a_digit(string text, bool expected) =>
        Assert.That(Read<AlertHistoryOptions>(AlertHistoryOptions.Section, ("AlertHistory:AllowAnonymous", text)).AllowAnonymous, Is.EqualTo(expected));

    [Test]
    public void An_empty_value_keeps_the_default() =>
        Assert.That(Read<WalOptions>(WalOptions.Section, ("Wal:MaxBytes", "")).MaxBytes, Is.EqualTo(new WalOptions().MaxBytes));

    [Test]
    public void The_former_name_of_a_section_is_read_and_loses()
    {
        static long MaxBytes(params (string, string)[] keys) => Read<WalOptions>(WalOptions.Section, WalOptions.FormerSection, keys).MaxBytes;

        Assert.That(MaxBytes(("Log:MaxBytes", "2MiB")), Is.EqualTo(2 << 20));
        Assert.That(MaxBytes(("Wal:MaxBytes", "3MiB"), ("Log:MaxBytes", "2MiB")), Is.EqualTo(3 << 20));
    }

    [Test]
    public void Origins_are_a_list_or_joined_by_commas()
    {
        string[] expected = ["https://a.example", "https://b.example"];

        Assert.That(Read<HttpOptions>(HttpOptions.Section, ("Http:CorsOrigins", "https://a.example, https://b.example")).CorsOrigins, Is.EqualTo(expected));
        Assert.That(Read<HttpOptions>(HttpOptions.Section, ("Http:CorsOrigins:0", expected[0]),
            ("Http:CorsOrigins:1", expected[1])).CorsOrigins, Is.EqualTo(expected));
    }

    [Test]
    public void A_kind_may_have_a_retention_of_its_own()
    {
        StorageOptions options = Read<StorageOptions>(StorageOptions.Section, ("Storage:Retention", "30d"), ("Storage:Retentions:thread", "7d"));

        Assert.That((options.RetentionOf(Kind.Thread), options.RetentionOf(Kind.Sql)), Is.EqualTo((TimeSpan.FromDays(7), TimeSpan.FromDays(30))));
    }

    private static async Task<IReadOnlyList<string>> ErrorsAsync(params string[] arguments)
    {
        await using var app = ServerHost.Build(["--urls=http://127.0.0.1:0", .. arguments]);
        return ConfigurationErrors.Of(await Assert.CatchAsync(() => app.StartAsync()));
    }

    private static T Read<T>(string section, params (string Key, string Value)[] values)
        where T : class => Read<T>(section, null, values);

    private static T Read<T>(string section, string? formerSection, params (string Key, string Value)[] values)
        where T : class
    {
        ServiceCollection services = new();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => new KeyValuePair<string, string?>(value.Key, value.Value))).Build());
        services.AddSection<T>(section, formerName: formerSection);
        using ServiceProvider provider = services.BuildServiceProvider();
        return provider.GetRequiredService<T>();
    }
}
