using NUnit.Framework;

namespace TimeSeries.Tests.Support.Influx;

/// <summary>The stand-ins' reading of line protocol is that of the real server: what it takes, what it refuses, what it keeps.</summary>
internal sealed class LineParserTests
{
    private RealInfluxd _server = null!;

    // One a test: a field's type is fixed by its first point.
    private static string Database => "of " + TestContext.CurrentContext.Test.ID;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await RealInfluxd.StartAsync();
    }

    [SetUp]
    public Task MakeDatabase() => _server.QueryAsync($"CREATE DATABASE \"{Database}\"");

    [OneTimeTearDown]
    public async Task Stop() => await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase("m v=1i 1")]
    [TestCase("m,a=1,b=2 v=1i,w=2.5,x=\"t\",y=true,z=F 1")]
    [TestCase("m v=1i")]
    [TestCase("  m v=1i 1")]
    [TestCase("m  v=1i  1")]
    [TestCase("m v=\"a\\\"b\\\\c, =d\" 1")]
    [TestCase("m v=\"two\nlines\" 1")]
    [TestCase("m,a=x\\ y\\,z\\=1 v=1i 1")]
    [TestCase("m v=-1.5e3 1")]
    [TestCase("m v=9223372036854775807i 1")]
    [TestCase("m v=\"\" 1")]
    public async Task What_the_server_takes_is_a_point(string line)
    {
        (int status, string body) = await _server.WriteAsync(line, Database);
        Assert.That((status, LineParser.Parse(line).Single().Error), Is.EqualTo((204, (string?)null)), body);
    }

    [TestCase("m")]
    [TestCase("m v")]
    [TestCase("m v= 1")]
    [TestCase("m =1i 1")]
    [TestCase(",a=1 v=1i 1")]
    [TestCase("m,a= v=1i 1")]
    [TestCase("m,a v=1i 1")]
    [TestCase("m,a=1,a=2 v=1i 1")]
    [TestCase("m v=1i x")]
    [TestCase("m v=1i 1 2")]
    [TestCase("m v=1i 1.5")]
    [TestCase("m v=1i 1\r")]
    [TestCase("m v=NaN 1")]
    [TestCase("m v=1e400 1")]
    [TestCase("m v=9223372036854775808i 1")]
    [TestCase("m v=5u 1")]
    [TestCase("m v=abc 1")]
    [TestCase("m v=\"open 1")]
    [TestCase("m v=1i,w 1")]
    public async Task What_the_server_refuses_is_none(string line)
    {
        (int status, string body) = await _server.WriteAsync(line, Database);
        Assert.That((status, LineParser.Parse(line).Single().Error is null), Is.EqualTo((400, false)), body);
    }

    [TestCase("")]
    [TestCase("\n\n")]
    [TestCase("# m v=1i 1")]
    public async Task What_holds_no_line_is_taken_and_holds_none(string body)
    {
        (int status, _) = await _server.WriteAsync(body, Database);
        Assert.That((status, LineParser.Parse(body).Count), Is.EqualTo((204, 0)));
    }

    [TestCase("a\\b")]
    [TestCase("quote \" and , and =")]
    [TestCase("line\nbreak")]
    [TestCase("ends with \\")]
    [TestCase("\\\\two")]
    public async Task Texts_are_read_as_the_server_reads_them(string text)
    {
        string line = $"m v=\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\" 1";
        (int status, string body) = await _server.WriteAsync(line, Database);
        string stored = (await _server.QueryAsync("SELECT v FROM m", Database))[0].GetProperty("series")[0].GetProperty("values")[0][1].GetString()!;
        Assert.That((status, stored, LineParser.Parse(line).Single().Fields["v"].Value), Is.EqualTo((204, text, (object)text)), body);
    }
}
