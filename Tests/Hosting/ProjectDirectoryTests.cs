using NUnit.Framework;
using TimeSeries.Hosting.Configuration;
using TimeSeries.Hosting.Projects;

namespace TimeSeries.Tests.Hosting;

public sealed class ProjectDirectoryTests
{
    // printf abc | sha256sum (also FIPS 180-2, appendix B.1).
    private const string HashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    [Test]
    public void A_token_may_be_configured_as_its_hash()
    {
        ProjectDirectory projects = new([new ProjectOptions { Pcode = 7, Tokens = [new TokenOptions { Sha256 = HashOfAbc }] }]);

        Assert.That(projects.FindToken("abc")!.Project.Pcode, Is.EqualTo(7));
    }

    [TestCase("ab")]
    [TestCase("abcd")]
    [TestCase("ABC")]
    [TestCase(HashOfAbc)]
    public void Nothing_but_the_token_itself_is_known(string token)
    {
        ProjectDirectory projects = new([new ProjectOptions { Pcode = 7, Tokens = [new TokenOptions { Sha256 = HashOfAbc }] }]);

        Assert.That(projects.FindToken(token), Is.Null);
    }

    [Test]
    public void A_token_without_scopes_may_push_and_read()
    {
        ProjectDirectory projects = new([new ProjectOptions { Pcode = 7, Tokens = [new TokenOptions { Secret = "abc", Scopes = Scopes.None }] }]);

        Assert.That(projects.FindToken("abc")!.Scopes, Is.EqualTo(Scopes.Ingest | Scopes.Read));
    }

    [Test]
    public void A_project_shows_no_secret_when_printed()
    {
        ProjectDirectory projects = new([new ProjectOptions { Pcode = 7, AccessKeys = [new AccessKeyOptions { Id = "id", Secret = "hush" }] }]);

        Assert.That(projects.All[0].ToString(), Does.Not.Contain("hush"));
    }
}
