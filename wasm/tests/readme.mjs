// Writes the example of the package's README: readme.mjs README EXAMPLE OUTPUT
import { readFileSync, writeFileSync } from "node:fs";

const [, , readme, example, output] = process.argv;
const text = readFileSync(readme, "utf8");
const block = (language) => text.match(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``))[1];
writeFileSync(example, block("js"));
writeFileSync(output, block("text"));
