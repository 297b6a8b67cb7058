using System.Runtime.Versioning;
using System.Text.Json;
using NUnit.Framework;
using TimeSeries.Alerting.Notifications;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Files;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Alerting.Notifications;

/// <summary>Receivers, their files and their errors.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ReceiverBookTests
{
    private const string Url = "https://hooks.example.com/T00/the-path-secret?key=the-query-secret";

    [Test]
    public void A_receiver_is_there_after_a_restart_and_its_file_is_its_owners_only()
    {
        using TemporaryFolder folder = new();
        Open(folder).Put(
            7, "ops", JsonElement.Parse($$"""{"url":"{{Url}}","secret":"s3cret","minSeverity":"warning","matchers":[{"label":"team","equals":"shop"}]}"""));

        ReceiverBook opened = Open(folder);
        Receiver receiver = opened.Find(7, "ops")!;
        Assert.Multiple(() =>
        {
            Assert.That(receiver.Url.OriginalString, Is.EqualTo(Url));
            Assert.That(receiver.Secret, Is.EqualTo("s3cret"));
            Assert.That(receiver.MinSeverity, Is.EqualTo(AlertSeverity.Warning));
            Assert.That(receiver.Matchers.Single(), Is.EqualTo(new TimeSeries.Alerting.Silences.LabelMatcher("team", "shop", IsGlob: false)));
            Assert.That(File.GetUnixFileMode(folder["7/receivers/ops.json"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            Assert.That(opened.Find(8, "ops"), Is.Null);
        });
        Assert.That(opened.Delete(7, "ops"), Is.True);
        Assert.That(opened.Delete(7, "ops"), Is.False);
        Assert.That(Open(folder).Find(7, "ops"), Is.Null);
    }

    [Test]
    public void Neither_a_URLs_path_nor_a_secret_is_shown()
    {
        ReceiverBook book = new(new DefinitionFiles(new MemoryFileSystem(), "/rules", "receivers"));
        Receiver receiver = book.Put(7, "ops", JsonElement.Parse($$"""{"url":"{{Url}}","secret":"s3cret"}"""));

        using JsonDocument shown = JsonDocument.Parse(DefinitionFiles.ToJson(json => ReceiverFormat.WriteShownFields(json, receiver)));
        Assert.Multiple(() =>
        {
            Assert.That(shown.RootElement.GetProperty("url").GetString(), Is.EqualTo("https://hooks.example.com"));
            Assert.That(shown.RootElement.GetProperty("signed").GetBoolean(), Is.True);
            Assert.That(shown.RootElement.GetRawText() + receiver, Does.Not.Contain("secret").And.Not.Contain("s3cret"));
        });
    }

    [Test]
    public void A_secret_is_kept_when_none_is_named_and_goes_when_it_is_empty()
    {
        ReceiverBook book = new(new DefinitionFiles(new MemoryFileSystem(), "/rules", "receivers"));
        book.Put(7, "ops", JsonElement.Parse("""{"url":"https://a.example","secret":"s3cret"}"""));

        Assert.That(book.Put(7, "ops", JsonElement.Parse("""{"url":"https://b.example"}""")).Secret, Is.EqualTo("s3cret"));
        Assert.That(book.Put(7, "ops", JsonElement.Parse("""{"url":"https://b.example","secret":""}""")).Secret, Is.Empty);
    }

    [TestCase("{}", "url is needed")]
    [TestCase("""{"url":"/hooks/the-secret"}""", "url must be an address of http or https")]
    [TestCase("""{"url":"ftp://example.com/the-secret"}""", "url must be an address of http or https")]
    [TestCase("""{"url":"file:///etc/passwd"}""", "url must be an address of http or https")]
    [TestCase("""{"url":"https://me:the-secret@example.com/"}""", "url must have no user and password")]
    [TestCase("""{"url":"https://example.com","secrets":"the-secret"}""", "There is no field \"secrets\"; there are name, url, secret, minSeverity, matchers")]
    [TestCase("""{"url":"https://example.com","secret":17}""", "secret must be a text")]
    [TestCase("""{"url":"https://example.com","minSeverity":"loud"}""", "minSeverity must be one of Info, Warning, Critical")]
    [TestCase("""{"url":"https://example.com","matchers":[{"label":"team"}]}""", "matchers[0].equals or matchers[0].glob is needed")]
    [TestCase("""{"url":"https://example.com","name":"others"}""", "name must be \"ops\"")]
    public void What_is_wrong_is_named_and_no_secret_is(string json, string expected)
    {
        ReceiverBook book = new(new DefinitionFiles(new MemoryFileSystem(), "/rules", "receivers"));

        Assert.That(
            () => book.Put(7, "ops", JsonElement.Parse(json)),
            Throws.TypeOf<DefinitionException>().With.Message.Contains(expected).And.Message.Not.Contains("the-secret"));
    }

    [Test]
    public void A_project_has_at_most_64_and_a_bad_file_costs_itself_only()
    {
        MemoryFileSystem files = new();
        ReceiverBook book = new(new DefinitionFiles(files, "/rules", "receivers"));
        for (int i = 0; i < 64; i++)
        {
            book.Put(7, $"r{i}", JsonElement.Parse("""{"url":"https://example.com"}"""));
        }

        Assert.That(() => book.Put(7, "more", JsonElement.Parse("""{"url":"https://example.com"}""")),
            Throws.TypeOf<DefinitionException>().With.Message.EqualTo("A project may have 64; delete one."));
        Assert.That(() => book.Put(7, "r0", JsonElement.Parse("""{"url":"https://example.org"}""")), Throws.Nothing);
        files.Replace("/rules/7/receivers/r1.json", "{"u8);
        ReceiverBook opened = new(new DefinitionFiles(files, "/rules", "receivers"));

        Assert.That(opened.Load(7).Select(bad => bad.File), Is.EqualTo(new[] { "/rules/7/receivers/r1.json" }));
        Assert.That(opened.Of(7), Has.Count.EqualTo(63));
    }

    private static ReceiverBook Open(string folder)
    {
        ReceiverBook book = new(new DefinitionFiles(new DiskFileSystem(), folder, "receivers"));
        Assert.That(book.Load(7), Is.Empty);
        return book;
    }
}
