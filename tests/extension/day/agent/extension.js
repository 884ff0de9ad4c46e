"use strict";
// Part of the tests: what matters is that an extension of this name is active in a window.
exports.activate = () => undefined;
